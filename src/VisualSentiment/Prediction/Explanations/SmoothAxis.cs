namespace VisualSentiment.Prediction.Explanations;

/// <summary>
/// One axis of a smooth surface over cells: the four cells that a pixel depends on, and their weights (uniform cubic
/// B-spline, which does not overshoot and is smooth; border cells are extended).
/// </summary>
internal readonly struct SmoothAxis
{
    public const int Taps = 4;

    private readonly int[] _cells;
    private readonly float[] _shares;

    /// <param name="pixels">The number of pixels along the axis.</param>
    /// <param name="start">The start of the cells, in pixels.</param>
    /// <param name="length">The length of all cells, in pixels.</param>
    /// <param name="cells">The number of cells.</param>
    public SmoothAxis(int pixels, double start, double length, int cells)
    {
        _cells = new int[pixels * Taps];
        _shares = new float[pixels * Taps];
        for (int pixel = 0; pixel < pixels; pixel++)
        {
            double place = (pixel + 0.5 - start) / length * cells - 0.5;
            int first = (int)Math.Floor(place);
            double t = place - first, u = 1 - t;
            ReadOnlySpan<double> shares = [u * u * u / 6, (3 * t * t * t - 6 * t * t + 4) / 6,
                (3 * u * u * u - 6 * u * u + 4) / 6, t * t * t / 6];
            for (int tap = 0; tap < Taps; tap++)
            {
                _cells[pixel * Taps + tap] = Math.Clamp(first - 1 + tap, 0, cells - 1);
                _shares[pixel * Taps + tap] = (float)shares[tap];
            }
        }
    }

    /// <summary>The cells of a pixel.</summary>
    public ReadOnlySpan<int> Cells(int pixel) => _cells.AsSpan(pixel * Taps, Taps);

    /// <summary>The weights of the cells of a pixel, which sum to 1.</summary>
    public ReadOnlySpan<float> Shares(int pixel) => _shares.AsSpan(pixel * Taps, Taps);
}
