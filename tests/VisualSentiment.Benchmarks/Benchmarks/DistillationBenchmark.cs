using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Results;

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
        // Later repeats reuse the pixel store, so only the first one includes decoding.
        double decoding = contest[Ours][0].Figures[DistillationCompetitor.DecodingSeconds];
        double teacher = Statistics.Median(contest[Ours].Select(m => m.Figures[DistillationCompetitor.TeacherSeconds]));
        double whole = decoding + teacher + EpochsOfPaper * epoch.Value, textbookWhole = EpochsOfPaper * textbook.Value;
        double recovered = Math.Ceiling((decoding + teacher) / (textbook.Value - epoch.Value));
        return new BenchmarkResult(Name, Title)
        {
            Rows =
            [
                new($"an epoch of {sizes.DistilledImages} images", epoch)
                {
                    PeerName = Textbook,
                    Peer = textbook,
                    Ratio = contest.Ratio(Textbook, Ours, m => m.Seconds),
                },
                new($"{EpochsOfPaper} epochs and the work done once", new(whole, Unit.Seconds))
                {
                    PeerName = Textbook,
                    Peer = new(textbookWhole, Unit.Seconds),
                    Ratio = new(textbookWhole / whole, Unit.Times),
                },
                new("of that, decoding once", new(decoding, Unit.Seconds)),
                new("of that, teacher outputs once", new(teacher, Unit.Seconds)),
            ],
            Notes = [$"The work that distillation does once is recovered after {recovered:0} {(recovered == 1 ? "epoch" : "epochs")} of the textbook loop."],
        };
    }
}
