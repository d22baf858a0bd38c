using System.Globalization;

namespace VisualSentiment.Reporting.Plots;

/// <summary>A plot in words, for those who cannot see it.</summary>
internal static class PlotWords
{
    private const int MostPoints = 8;
    private const int MostSeries = 12;

    public static string Describe(string title, IReadOnlyList<PlotSeries> series, bool percent, IReadOnlyList<string>? categories = null)
    {
        string Value(double value) => percent ? Figures.Percent(value) : value.ToString("0.###", CultureInfo.InvariantCulture);
        string At(double x) => categories is null ? x.ToString("0.###", CultureInfo.InvariantCulture) : categories[(int)x];
        string Points(PlotSeries one)
        {
            if (one.Points.Count <= MostPoints)
                return string.Join(", ", one.Points.Select(point => $"{At(point.X)}: {Value(point.Y)}"));
            PlotPoint first = one.Points[0], last = one.Points[^1];
            return $"{one.Points.Count} points, {At(first.X)}: {Value(first.Y)} to {At(last.X)}: {Value(last.Y)}, "
                + $"lowest {Value(one.Points.Min(point => point.Y))}, highest {Value(one.Points.Max(point => point.Y))}";
        }
        string more = series.Count > MostSeries ? $" And {series.Count - MostSeries} more." : "";
        return $"{title}. {string.Join(" ", series.Take(MostSeries).Select(one => $"{one.Name}: {Points(one)}."))}{more}";
    }
}
