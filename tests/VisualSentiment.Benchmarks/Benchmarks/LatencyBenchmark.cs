using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Benchmarks.Results;

namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>The latency of a prediction for one image file, warm.</summary>
internal sealed class LatencyBenchmark : IBenchmark
{
    private const string Ours = "JPEG of 640 x 480 to prediction, compact student";
    private const string Stock = "prediction engine over the stock pipeline, compact student";

    public string Name => "latency";

    public string Title => "One image, warm";

    public BenchmarkResult Run(Workbench bench)
    {
        BenchmarkSizes sizes = bench.Sizes;
        using var contest = new Contest(bench);
        contest.Add(Ours, nameof(OneImageCompetitor), bench.WithStudent(StudentFiles.Compact) with { Rounds = sizes.Latencies / sizes.Repeats });
        contest.Add(Stock, nameof(StockOneImageCompetitor),
            bench.WithStudent(StudentFiles.FloatInput(StudentFiles.Compact)) with { Rounds = sizes.StockLatencies / sizes.Repeats });
        contest.Run(sizes.Repeats);

        static double Typical(Measurement m) => Statistics.Median(m.Latencies);
        double[] all = [.. contest[Ours].SelectMany(m => m.Latencies)];
        var median = new Quantity(Statistics.Median(all), Unit.Milliseconds);
        var slow = new Quantity(Statistics.Quantile(all, 0.99), Unit.Milliseconds);
        return new BenchmarkResult(Name, Title)
        {
            Rows =
            [
                new(Ours, median),
                new($"the same, 99% of {all.Length:N0} within", slow)
                {
                    PeerName = "its own median",
                    Peer = median,
                    Ratio = new(slow.Value / median.Value, Unit.Times),
                },
                new("the same, median", median)
                {
                    PeerName = Stock,
                    Peer = contest.Of(Stock, Typical, Unit.Milliseconds),
                    Ratio = contest.Ratio(Stock, Ours, Typical),
                },
            ],
        };
    }
}
