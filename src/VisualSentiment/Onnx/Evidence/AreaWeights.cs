namespace VisualSentiment.Onnx.Evidence;

/// <summary>
/// How cells of one division of a line make those of another: each new cell is the average of what it covers, weighted by how
/// much of it that is. The mean over all cells stays what it was, whether or not one number divides the other.
/// </summary>
internal static class AreaWeights
{
    /// <summary>The matrix [to, from] that takes a column of <paramref name="from"/> cells to <paramref name="to"/>.</summary>
    public static float[] Rows(int from, int to) => [.. Enumerable.Range(0, to * from).Select(k => Share(k % from, k / from, from, to))];

    /// <summary>The same, [from, to], for multiplying a row from the right.</summary>
    public static float[] Columns(int from, int to) => [.. Enumerable.Range(0, to * from).Select(k => Share(k / to, k % to, from, to))];

    private static float Share(int old, int cell, int from, int to)
    {
        // Lengths in units of 1 / (from to), so that the edges are whole numbers.
        long overlap = Math.Min((old + 1L) * to, (cell + 1L) * from) - Math.Max((long)old * to, (long)cell * from);
        return overlap <= 0 ? 0 : (float)overlap / from;
    }
}
