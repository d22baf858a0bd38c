namespace VisualSentiment.Tool.Screens;

/// <summary>Numbers as a row of bars, one character per number.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>
    /// Draws the numbers, with the largest as a full block. If there are more than <paramref name="width"/>, evenly
    /// spaced ones.
    /// </summary>
    /// <param name="values">The numbers.</param>
    /// <param name="width">The maximum number of characters.</param>
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
                int index = shown == 1 ? all.Count - 1 : (int)Math.Round((double)i * (all.Count - 1) / (shown - 1));
                double value = all[index];
                line[i] = Bars[range > 0 ? (int)Math.Round((value - least) / range * (Bars.Length - 1)) : 0];
            }
        });
    }
}
