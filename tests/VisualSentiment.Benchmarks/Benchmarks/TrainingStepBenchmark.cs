using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Results;

namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>A training step of the paper's student.</summary>
internal sealed class TrainingStepBenchmark : IBenchmark
{
    private const int Batch = 20;
    private const string Ours = "training step, paper's student, batch 20";
    private const string Textbook = "textbook step";
    private const string Peak = "matrix product 2048 x 2048";

    // Multiply-adds of one image forward: conv1 222 x 222 x 64 x 27, conv2 53 x 53 x 128 x 576, the dense layers 128 x 512 and
    // 512 x 6. Backward, each layer does as many for its weights and, except the first, as many for its input. The gradient of the first
    // layer is nonzero only where max pooling took its output, at 55 x 55 positions; multiplications by zero are not counted.
    private const double FirstLayer = 222.0 * 222 * 64 * 27;
    private const double FirstGradient = 55.0 * 55 * 64 * 27;
    private const double OtherLayers = 53.0 * 53 * 128 * 576 + 128 * 512 + 512 * TrainingRows.Classes;
    private const double OperationsOfStep = Batch * 2 * (FirstLayer + FirstGradient + 3 * OtherLayers);

    public string Name => "step";

    public string Title => "Training step";

    public BenchmarkResult Run(Workbench bench)
    {
        CompetitorSettings settings = bench.WithPhotographs() with { Batch = Batch, Rounds = bench.Sizes.Steps };
        using var contest = new Contest(bench);
        contest.Add(Ours, nameof(TrainingStepCompetitor), settings);
        contest.Add(Textbook, nameof(TextbookStepCompetitor), settings);
        contest.Add(Peak, nameof(MatrixProductCompetitor), settings);
        contest.Run(bench.Sizes.Repeats);

        static double Milliseconds(Measurement m) => Statistics.Median(m.Latencies);
        var speeds = contest[Ours].Select(m => OperationsOfStep / (Milliseconds(m) / 1000));
        // The peak is the best that the machine can do: the best of all repeats.
        double peak = contest[Peak].Max(m => m.Rate);
        return new BenchmarkResult(Name, Title)
        {
            Rows =
            [
                new(Ours, contest.Of(Ours, Milliseconds, Unit.Milliseconds))
                {
                    PeerName = Textbook,
                    Peer = contest.Of(Textbook, Milliseconds, Unit.Milliseconds),
                    Ratio = contest.Ratio(Textbook, Ours, Milliseconds),
                },
                new($"the same, {OperationsOfStep / 1e9:0.0} GFLOP", Quantity.Of(speeds.Select(s => s / 1e9), Unit.GigaflopsPerSecond))
                {
                    PeerName = Peak,
                    Peer = new(peak / 1e9, Unit.GigaflopsPerSecond),
                    Ratio = Quantity.Of(speeds.Select(s => s / peak), Unit.Percent),
                },
            ],
        };
    }
}
