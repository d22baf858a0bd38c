namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>The result of one repeat of a competitor.</summary>
/// <param name="Seconds">The time of the measured part.</param>
/// <param name="Units">The number of images, steps or operations in that time.</param>
internal sealed record Measurement(double Seconds, double Units)
{
    /// <summary>The latency of each image or step in milliseconds, if it was measured.</summary>
    public IReadOnlyList<double> Latencies { get; init; } = [];

    /// <summary>Other figures, by name.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    public double Rate => Units / Seconds;

    public double SecondsEach => Seconds / Units;
}
