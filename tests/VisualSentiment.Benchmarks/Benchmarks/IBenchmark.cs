using VisualSentiment.Benchmarks.Results;

namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>A question that is answered by measuring.</summary>
internal interface IBenchmark
{
    /// <summary>What it is called on the command line.</summary>
    string Name { get; }

    /// <summary>The question, as a heading.</summary>
    string Title { get; }

    BenchmarkResult Run(Workbench bench);
}
