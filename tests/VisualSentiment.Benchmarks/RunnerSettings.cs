namespace VisualSentiment.Benchmarks;

/// <summary>The settings of one run of the benchmarks.</summary>
internal sealed record RunnerSettings
{
    /// <summary>The names of the benchmarks to run; none for all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    public required bool Quick { get; init; }

    /// <summary>The folder of labeled images; null for the one beside the repository or, if it is missing, painted images.</summary>
    public required string? Data { get; init; }

    /// <summary>The folder of results.json and the plots.</summary>
    public required string Output { get; init; }

    /// <summary>The page to write the figures into, relative to the repository's root; null for none.</summary>
    public required string? Page { get; init; }

    /// <summary>Whether to keep the results of other benchmarks in the output folder.</summary>
    public required bool Add { get; init; }

    public BenchmarkSizes Sizes => Quick ? BenchmarkSizes.Quick : BenchmarkSizes.Full;
}
