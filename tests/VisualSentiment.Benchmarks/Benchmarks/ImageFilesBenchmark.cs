using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Benchmarks.Results;
using VisualSentiment.Data.Columns;
using VisualSentiment.Imaging;
using static System.FormattableString;

namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>From JPEG files to emotions on all cores.</summary>
internal sealed class ImageFilesBenchmark : IBenchmark
{
    private const string Compact = "compact student";
    private const string Stock = "stock pipeline, paper's student";
    private const string StockCompact = "stock pipeline, compact student";
    private const string Decoding = "decoding and resizing alone";
    private const string CompactBySkia = "compact student, JPEGs by Skia";
    private const string DecodingBySkia = "decoding and resizing alone, JPEGs by Skia";
    private const string Peak = "matrix product 2048 x 2048";

    public string Name => "files";

    public string Title => "JPEG files to emotions, all cores";

    public BenchmarkResult Run(Workbench bench)
    {
        (string Key, string File, double? Bar)[] wanted =
        [
            ("paper's student, float32", StudentFiles.Paper, 2),
            ("paper's student, 8-bit", StudentFiles.EightBit(StudentFiles.Paper), 3),
            (Compact, StudentFiles.Compact, 5),
            ("compact student, 8-bit", StudentFiles.EightBit(StudentFiles.Compact), null),
            ("small compact student", StudentFiles.CompactSmall, 5),
        ];
        var students = wanted.Where(s => bench.WhyMissing(s.File) is null).ToArray();
        static string Transformer(string key) => $"transformer, {key}";
        int images = bench.Sizes.ScoredImages;

        using var contest = new Contest(bench);
        contest.Add(Stock, nameof(StockPipelineCompetitor), bench.WithStudent(StudentFiles.FloatInput(StudentFiles.Paper)) with { Images = images });
        contest.Add(StockCompact, nameof(StockPipelineCompetitor), bench.WithStudent(StudentFiles.FloatInput(StudentFiles.Compact)) with { Images = images });
        contest.Add(Decoding, nameof(DecodingCompetitor), bench.WithPhotographs() with { Images = images });
        foreach (var (key, file, _) in students)
        {
            var settings = bench.WithStudent(file) with { Images = images };
            contest.Add(key, nameof(PredictManyCompetitor), settings);
            contest.Add(Transformer(key), nameof(TransformerCompetitor), settings);
        }
        bool fasterThanSkia = TurboJpeg.IsPresent;
        if (fasterThanSkia)
        {
            contest.Add(DecodingBySkia, nameof(DecodingCompetitor), bench.WithPhotographs() with { Images = images, WithoutTurboJpeg = true });
            contest.Add(CompactBySkia, nameof(PredictManyCompetitor), bench.WithStudent(StudentFiles.Compact) with { Images = images, WithoutTurboJpeg = true });
        }
        contest.Add(Peak, nameof(MatrixProductCompetitor), bench.WithPhotographs());
        contest.Run(bench.Sizes.Repeats);

        Quantity Rate(string key) => contest.Of(key, m => m.Rate, Unit.ImagesPerSecond);
        ResultRow Compare(string key, string peer, Unit unit, Bar? bar) => new(key, Rate(key))
        {
            PeerName = peer,
            Peer = Rate(peer),
            Ratio = contest.Ratio(key, peer, m => m.Rate, unit),
            Bar = bar,
        };
        return new BenchmarkResult(Name, Title)
        {
            Rows =
            [
                .. students.Select(s => Compare(s.Key, Stock, Unit.Times, s.Bar is { } bar ? Bar.Least(bar) : null)),
                Compare(Compact, StockCompact, Unit.Times, null),
                .. students.Select(s => Compare(s.Key, Decoding, Unit.Percent, s.File is StudentFiles.Compact or StudentFiles.CompactSmall ? Bar.Least(0.9) : null)),
                .. fasterThanSkia
                    ? [Compare(CompactBySkia, Stock, Unit.Times, Bar.Least(5)), Compare(CompactBySkia, DecodingBySkia, Unit.Percent, Bar.Least(0.9)), Compare(Decoding, DecodingBySkia, Unit.Times, null)]
                    : Array.Empty<ResultRow>(),
                .. students.Select(s => Compare(Transformer(s.Key), s.Key, Unit.Percent, Bar.Least(0.8))),
            ],
            Notes =
            [
                .. wanted.Select(s => bench.WhyMissing(s.File)).OfType<string>(),
                fasterThanSkia ? "Our JPEGs are decoded by the system's libturbojpeg, but where *by Skia* is said." : "The system has no libturbojpeg; Skia decodes the JPEGs.",
                DescribeLimit(contest),
                ReducedDecoding.Describe(bench.Photographs, bench.Cancellation),
            ],
        };
    }

    /// <summary>What share of decoding alone is left where layers compute as fast as the best product of two matrices.</summary>
    private static string DescribeLimit(Contest contest)
    {
        double peak = contest[Peak].Max(m => m.Rate), decoding = Statistics.Median(contest[Decoding].Select(m => m.SecondsEach));
        string Limit(Student student)
        {
            double multiplyAdds = student.CountMultiplyAdds(TrainingRows.Classes);
            return Invariant($"{multiplyAdds / 1e6:0.0} M multiply-adds would leave {100 * decoding / (decoding + 2 * multiplyAdds / peak):0.0} % of decoding alone");
        }
        return Invariant($"Were every layer as fast as the best product of two 2048 x 2048 matrices of float32 ({peak / 1e9:0} GFLOP/s), ")
            + $"the compact student's {Limit(Students.Compact)}, the small one's {Limit(Students.CompactSmall)}.";
    }
}
