using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Results;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>An epoch of distillation from ResNet-50.</summary>
internal sealed class DistillationBenchmark : IBenchmark
{
    private const int Batch = 20;
    private const int EpochsOfPaper = 10;
    private const string Ours = "library";
    private const string Textbook = "textbook loop";

    public string Name => "distillation";

    public string Title => "Distillation from ResNet-50 to the paper's student";

    public BenchmarkResult Run(Workbench bench)
    {
        BenchmarkSizes sizes = bench.Sizes;
        CompetitorSettings settings = bench.WithPhotographs() with { Batch = Batch, Images = sizes.DistilledImages };
        using var contest = new Contest(bench);
        contest.Add(Ours, nameof(DistillationCompetitor), settings with { Rounds = sizes.DistilledEpochs });
        contest.Add(Textbook, nameof(TextbookDistillationCompetitor), settings);
        contest.Run(sizes.DistillationRepeats);

        Quantity textbook = contest.Of(Textbook, m => m.Seconds, Unit.Seconds), epoch = contest.Of(Ours, m => m.Seconds, Unit.Seconds);
        // A store that is there already need not be filled again: the first repeat tells what decoding costs.
        double decoding = contest[Ours][0].Figures[DistillationCompetitor.DecodingSeconds];
        double teaching = Statistics.Median(contest[Ours].Select(m => m.Figures[DistillationCompetitor.TeachingSeconds]));
        double whole = decoding + teaching + EpochsOfPaper * epoch.Value, textbookWhole = EpochsOfPaper * textbook.Value;
        return new BenchmarkResult(Name, Title)
        {
            Rows =
            [
                new($"an epoch of {sizes.DistilledImages} images", epoch)
                {
                    PeerName = Textbook,
                    Peer = textbook,
                    Ratio = contest.Ratio(Textbook, Ours, m => m.Seconds),
                    Bar = Bar.Least(8),
                },
                new($"{EpochsOfPaper} epochs, with what is done once", new(whole, Unit.Seconds))
                {
                    PeerName = Textbook,
                    Peer = new(textbookWhole, Unit.Seconds),
                    Ratio = new(textbookWhole / whole, Unit.Times),
                },
                new("of that, decoding once", new(decoding, Unit.Seconds)),
                new("of that, asking the teacher once", new(teaching, Unit.Seconds)),
            ],
            Notes = [$"What distillation does once is paid back after {Math.Ceiling((decoding + teaching) / (textbook.Value - epoch.Value)):0} epoch(s) of the textbook loop."],
        };
    }
}
