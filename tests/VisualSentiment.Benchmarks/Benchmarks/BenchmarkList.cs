namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>All benchmarks, in the order in which they run.</summary>
internal static class BenchmarkList
{
    public static IReadOnlyList<IBenchmark> All { get; } =
    [
        new ImageFilesBenchmark(), new LatencyBenchmark(), new EightBitBenchmark(), new ExplainBenchmark(), new TrainingStepBenchmark(),
        new DistillationBenchmark(), new ColdStartBenchmark(), new ScalingBenchmark(),
    ];
}
