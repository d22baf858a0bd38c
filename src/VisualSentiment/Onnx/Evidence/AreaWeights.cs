namespace VisualSentiment.Onnx.Evidence;

/// <summary>
/// Area-weighted resampling of a line of cells: each new cell is the average of the old cells that it overlaps,
/// weighted by the overlap. The mean of all cells is unchanged, even if one number does not divide the other.
/// </summary>
internal static class AreaWeights
{
    /// <summary>The matrix [to, from] that resamples a column.</summary>
    public static float[] Rows(int from, int to) =>
        [.. Enumerable.Range(0, to * from).Select(k => Share(k % from, k / from, from, to))];

    /// <summary>The matrix [from, to] that resamples a row, multiplied from the right.</summary>
    public static float[] Columns(int from, int to) =>
        [.. Enumerable.Range(0, to * from).Select(k => Share(k / to, k % to, from, to))];

    private static float Share(int old, int cell, int from, int to)
    {
        // In units of 1 / (from * to), in which the edges are integers.
        long overlap = Math.Min((old + 1L) * to, (cell + 1L) * from) - Math.Max((long)old * to, (long)cell * from);
        return overlap <= 0 ? 0 : (float)overlap / from;
    }
}
