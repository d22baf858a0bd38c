namespace VisualSentiment.Benchmarks;

/// <summary>The numbers of images, repeats and epochs of a run.</summary>
internal sealed record BenchmarkSizes
{
    /// <summary>The sizes for the figures of the documentation: 20 to 30 minutes on two cores.</summary>
    public static BenchmarkSizes Full { get; } = new()
    {
        Photographs = 1600,
        Repeats = 5,
        ScoredImages = 1000,
        Latencies = 2000,
        StockLatencies = 200,
        ReadyTensors = 100,
        StudentEpochs = 4,
        Steps = 10,
        DistilledImages = 200,
        DistilledEpochs = 4,
        DistillationRepeats = 3,
        Scaling = [1_000, 10_000, 100_000],
        ScalingRepeats = 3,
        ScalingWarmUp = 4_000,
        ColdProcesses = 10,
    };

    /// <summary>The sizes of a run that only checks that the benchmarks work.</summary>
    public static BenchmarkSizes Quick { get; } = new()
    {
        Photographs = 160,
        Repeats = 2,
        ScoredImages = 100,
        Latencies = 200,
        StockLatencies = 40,
        ReadyTensors = 20,
        StudentEpochs = 1,
        Steps = 3,
        DistilledImages = 20,
        DistilledEpochs = 3,
        DistillationRepeats = 1,
        Scaling = [10, 100, 1_000],
        ScalingRepeats = 2,
        ScalingWarmUp = 200,
        ColdProcesses = 3,
    };

    /// <summary>The maximum number of different photographs.</summary>
    public required int Photographs { get; init; }

    /// <summary>The number of runs of every competitor, in rotating order.</summary>
    public required int Repeats { get; init; }

    /// <summary>Images that a competitor scores in one repeat.</summary>
    public required int ScoredImages { get; init; }

    /// <summary>Single predictions whose latency is measured, over all repeats.</summary>
    public required int Latencies { get; init; }

    /// <summary>The same for the stock pipeline, which takes longer.</summary>
    public required int StockLatencies { get; init; }

    /// <summary>Inferences on ready tensors in one repeat.</summary>
    public required int ReadyTensors { get; init; }

    /// <summary>Epochs of the students that are measured.</summary>
    public required int StudentEpochs { get; init; }

    /// <summary>Training steps in one repeat.</summary>
    public required int Steps { get; init; }

    /// <summary>Images of the distillation.</summary>
    public required int DistilledImages { get; init; }

    /// <summary>Epochs in one repeat of the library's distillation; the textbook loop runs one.</summary>
    public required int DistilledEpochs { get; init; }

    public required int DistillationRepeats { get; init; }

    /// <summary>The numbers of images on the scaling curves, each ten times the one before.</summary>
    public required IReadOnlyList<int> Scaling { get; init; }

    /// <summary>The number of runs of all but the largest, in turn. The largest takes long enough to be measured once.</summary>
    public required int ScalingRepeats { get; init; }

    /// <summary>The images that a process works through before it is measured.</summary>
    public required int ScalingWarmUp { get; init; }

    /// <summary>The number of new processes that predict once.</summary>
    public required int ColdProcesses { get; init; }
}
