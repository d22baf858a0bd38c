namespace VisualSentiment.Onnx.Rewriting;

/// <summary>
/// The matrices of F(4, 3), four outputs of a kernel of three from six inputs, with the points 0, 1, -1, 2, -2 and infinity:
/// outputs = Output ((Kernel k) * (Input d)).
/// </summary>
internal static class WinogradTiles
{
    /// <summary>Inputs of a tile, in each direction, and products.</summary>
    public const int Side = 6;

    /// <summary>Outputs of a tile, in each direction.</summary>
    public const int Outputs = 4;

    /// <summary>Which product stands for the point 1: what is added to it is added to every output.</summary>
    public const int PointAtOne = 1;

    /// <summary>From six inputs to six factors.</summary>
    public static readonly double[,] Input =
    {
        { 4, 0, -5, 0, 1, 0 },
        { 0, -4, -4, 1, 1, 0 },
        { 0, 4, -4, -1, 1, 0 },
        { 0, -2, -1, 2, 1, 0 },
        { 0, 2, -1, -2, 1, 0 },
        { 0, 4, 0, -5, 0, 1 },
    };

    /// <summary>From three weights to six factors.</summary>
    public static readonly double[,] Kernel =
    {
        { 1 / 4.0, 0, 0 },
        { -1 / 6.0, -1 / 6.0, -1 / 6.0 },
        { -1 / 6.0, 1 / 6.0, -1 / 6.0 },
        { 1 / 24.0, 1 / 12.0, 1 / 6.0 },
        { 1 / 24.0, -1 / 12.0, 1 / 6.0 },
        { 0, 0, 1 },
    };

    private static readonly double[,] Output =
    {
        { 1, 1, 1, 1, 1, 0 },
        { 0, 1, -1, 2, -2, 0 },
        { 0, 1, 1, 4, 4, 0 },
        { 0, 1, -1, 8, -8, 1 },
    };

    /// <summary>From the 36 products of a square tile to its 16 outputs, [16, 36].</summary>
    public static float[] OutputOfSquare()
    {
        float[] square = new float[Outputs * Outputs * Side * Side];
        for (int i = 0; i < square.Length; i++)
        {
            var (output, product) = Math.DivRem(i, Side * Side);
            square[i] = (float)(Output[output / Outputs, product / Side] * Output[output % Outputs, product % Side]);
        }
        return square;
    }
}
