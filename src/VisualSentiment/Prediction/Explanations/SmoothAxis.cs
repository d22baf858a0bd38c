namespace VisualSentiment.Prediction.Explanations;

/// <summary>
/// One direction of a smooth surface over cells: which four cells a pixel is made of, and in which shares (the uniform cubic
/// B-spline, which neither overshoots nor shows edges; beyond the rim a cell goes on).
/// </summary>
internal readonly struct SmoothAxis
{
    public const int Taps = 4;

    private readonly int[] _cells;
    private readonly float[] _shares;

    /// <param name="pixels">Pixels in this direction.</param>
    /// <param name="start">Where the cells begin, in pixels.</param>
    /// <param name="length">How far they reach, in pixels.</param>
    /// <param name="cells">How many they are.</param>
    public SmoothAxis(int pixels, double start, double length, int cells)
    {
        _cells = new int[pixels * Taps];
        _shares = new float[pixels * Taps];
        for (int pixel = 0; pixel < pixels; pixel++)
        {
            double place = (pixel + 0.5 - start) / length * cells - 0.5;
            int first = (int)Math.Floor(place);
            double t = place - first, u = 1 - t;
            ReadOnlySpan<double> shares = [u * u * u / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * u * u * u - 6 * u * u + 4) / 6, t * t * t / 6];
            for (int tap = 0; tap < Taps; tap++)
            {
                _cells[pixel * Taps + tap] = Math.Clamp(first - 1 + tap, 0, cells - 1);
                _shares[pixel * Taps + tap] = (float)shares[tap];
            }
        }
    }

    /// <summary>The cells of a pixel.</summary>
    public ReadOnlySpan<int> Cells(int pixel) => _cells.AsSpan(pixel * Taps, Taps);

    /// <summary>Their shares, which add up to one.</summary>
    public ReadOnlySpan<float> Shares(int pixel) => _shares.AsSpan(pixel * Taps, Taps);
}
