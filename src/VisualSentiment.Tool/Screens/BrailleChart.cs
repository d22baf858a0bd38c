namespace VisualSentiment.Tool.Screens;

/// <summary>A curve in a terminal, drawn with the 2 x 4 dots of braille characters, with labels at its ends.</summary>
internal static class BrailleChart
{
    private const int DotsAcross = 2, DotsDown = 4;

    // The bit of each dot of a braille character, row by row.
    private static readonly int[,] Dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <summary>The lines of the chart, all of the same width.</summary>
    /// <param name="title">The title.</param>
    /// <param name="values">At least two values, one per epoch.</param>
    /// <param name="format">Formats a value.</param>
    /// <param name="width">The width in characters, including labels.</param>
    /// <param name="height">The height in characters, without title and epochs.</param>
    public static IReadOnlyList<string> Draw(
        string title, IReadOnlyList<double> values, Func<double, string> format, int width, int height)
    {
        double least = values.Min(), most = values.Max();
        string top = format(most), bottom = format(least);
        int label = Math.Max(top.Length, bottom.Length), across = width - label - 2;
        int[,] cells = Plot(values, across * DotsAcross, height * DotsDown, least, most);
        List<string> lines = [title.PadRight(width)];
        for (int row = 0; row < height; row++)
        {
            string text = row == 0 ? top : row == height - 1 ? bottom : "";
            var dots = Enumerable.Range(0, across).Select(column => (char)(0x2800 + cells[row, column]));
            lines.Add($"{text.PadLeft(label)} │{string.Concat(dots)}");
        }
        string last = $"epoch {values.Count}";
        lines.Add($"{new string(' ', label + 2)}1{last.PadLeft(across - 1)}");
        return lines;
    }

    private static int[,] Plot(IReadOnlyList<double> values, int dotsAcross, int dotsDown, double least, double most)
    {
        int[,] cells = new int[dotsDown / DotsDown, dotsAcross / DotsAcross];
        int before = -1;
        for (int x = 0; x < dotsAcross; x++)
        {
            double at = (double)x / (dotsAcross - 1) * (values.Count - 1);
            int left = Math.Min((int)at, values.Count - 2);
            double value = double.Lerp(values[left], values[left + 1], at - left);
            int y = most > least ? (int)Math.Round((most - value) / (most - least) * (dotsDown - 1)) : dotsDown / 2;
            // Fills the gaps of steep lines.
            int first = before < 0 ? y : Math.Min(y, before + 1), last = before < 0 ? y : Math.Max(y, before - 1);
            for (int dot = first; dot <= last; dot++)
                cells[dot / DotsDown, x / DotsAcross] |= Dots[dot % DotsDown, x % DotsAcross];
            before = y;
        }
        return cells;
    }
}
