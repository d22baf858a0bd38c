namespace VisualSentiment.Benchmarks;

/// <summary>What one run of the benchmarks is to do.</summary>
internal sealed record RunnerSettings
{
    /// <summary>The names of the benchmarks to run; none for all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    public required bool Quick { get; init; }

    /// <summary>Labeled images; null for those that lie beside the repository, or else painted ones.</summary>
    public required string? Data { get; init; }

    /// <summary>The folder of results.json and the plots.</summary>
    public required string Output { get; init; }

    /// <summary>The page that gets the figures, from the repository's root; null for none.</summary>
    public required string? Page { get; init; }

    /// <summary>Whether the results join those that the output folder holds.</summary>
    public required bool Add { get; init; }

    public BenchmarkSizes Sizes => Quick ? BenchmarkSizes.Quick : BenchmarkSizes.Full;
}
