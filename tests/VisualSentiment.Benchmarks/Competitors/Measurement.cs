namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>What one repeat of a competitor came to.</summary>
/// <param name="Seconds">The time of the measured part.</param>
/// <param name="Units">How many images, steps or operations were done in it.</param>
internal sealed record Measurement(double Seconds, double Units)
{
    /// <summary>The single latencies in milliseconds, where they count.</summary>
    public IReadOnlyList<double> Latencies { get; init; } = [];

    /// <summary>Other figures that came with it.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    public double Rate => Units / Seconds;

    public double SecondsEach => Seconds / Units;
}
