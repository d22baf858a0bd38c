namespace VisualSentiment.Benchmarks.Results;

/// <summary>What came of one benchmark.</summary>
/// <param name="Name">The benchmark's name.</param>
/// <param name="Title">The benchmark in words.</param>
internal sealed record BenchmarkResult(string Name, string Title)
{
    public IReadOnlyList<ResultRow> Rows { get; init; } = [];

    public IReadOnlyList<ScalingPoint> Points { get; init; } = [];

    /// <summary>Remarks that belong to the figures.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The earlier run that it comes from; null where it is of the report's own.</summary>
    public RunOrigin? Origin { get; init; }

    /// <summary>Why it could not be run; null where it was.</summary>
    public string? Failure { get; init; }

    public double Seconds { get; init; }
}
