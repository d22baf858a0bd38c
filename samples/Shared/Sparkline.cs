namespace Samples;

/// <summary>Numbers as a row of bars, a character each.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>The numbers, the largest as a full block; of more than there is room for, evenly spread ones.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="width">At most so many characters.</param>
    public static string Draw(IReadOnlyList<double> values, int width)
    {
        if (values.Count == 0 || width < 1)
            return "";
        double least = values.Min(), range = values.Max() - least;
        int shown = Math.Min(values.Count, width);
        return string.Create(shown, values, (line, all) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                double value = all[shown == 1 ? all.Count - 1 : (int)Math.Round((double)i * (all.Count - 1) / (shown - 1))];
                line[i] = Bars[range > 0 ? (int)Math.Round((value - least) / range * (Bars.Length - 1)) : 0];
            }
        });
    }
}
