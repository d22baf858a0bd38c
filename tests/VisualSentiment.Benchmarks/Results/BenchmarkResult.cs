namespace VisualSentiment.Benchmarks.Results;

/// <summary>The result of one benchmark.</summary>
internal sealed record BenchmarkResult(string Name, string Title)
{
    public IReadOnlyList<ResultRow> Rows { get; init; } = [];

    public IReadOnlyList<ScalingPoint> Points { get; init; } = [];

    /// <summary>Remarks on the figures.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The earlier run that the result comes from; null for the run of the report.</summary>
    public RunOrigin? Origin { get; init; }

    /// <summary>Why the benchmark failed; null if it did not.</summary>
    public string? Failure { get; init; }

    public double Seconds { get; init; }
}
