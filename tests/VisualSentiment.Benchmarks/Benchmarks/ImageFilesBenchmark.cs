using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Benchmarks.Results;
using VisualSentiment.Imaging;
using static System.FormattableString;

namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>Predictions for JPEG files on all cores.</summary>
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
        (string Key, string File)[] wanted =
        [
            ("paper's student, float32", StudentFiles.Paper),
            ("paper's student, 8-bit", StudentFiles.EightBit(StudentFiles.Paper)),
            (Compact, StudentFiles.Compact),
            ("compact student, 8-bit", StudentFiles.EightBit(StudentFiles.Compact)),
            ("small compact student", StudentFiles.CompactSmall),
        ];
        var students = wanted.Where(s => bench.WhyMissing(s.File) is null).ToArray();
        static string Transformer(string key) => $"transformer, {key}";
        int images = bench.Sizes.ScoredImages;

        using var contest = new Contest(bench);
        contest.Add(Stock, nameof(StockPipelineCompetitor), bench.WithStudent(StudentFiles.FloatInput(StudentFiles.Paper)) with { Images = images });
        contest.Add(StockCompact, nameof(StockPipelineCompetitor), bench.WithStudent(StudentFiles.FloatInput(StudentFiles.Compact)) with { Images = images });
        contest.Add(Decoding, nameof(DecodingCompetitor), bench.WithPhotographs() with { Images = images });
        foreach (var (key, file) in students)
        {
            var settings = bench.WithStudent(file) with { Images = images };
            contest.Add(key, nameof(PredictManyCompetitor), settings);
            contest.Add(Transformer(key), nameof(TransformerCompetitor), settings);
        }
        bool hasTurboJpeg = TurboJpeg.IsPresent;
        if (hasTurboJpeg)
        {
            contest.Add(DecodingBySkia, nameof(DecodingCompetitor), bench.WithPhotographs() with { Images = images, WithoutTurboJpeg = true });
            contest.Add(CompactBySkia, nameof(PredictManyCompetitor), bench.WithStudent(StudentFiles.Compact) with { Images = images, WithoutTurboJpeg = true });
        }
        contest.Add(Peak, nameof(MatrixProductCompetitor), bench.WithPhotographs());
        contest.Run(bench.Sizes.Repeats);

        Quantity Rate(string key) => contest.Of(key, m => m.Rate, Unit.ImagesPerSecond);
        ResultRow Compare(string key, string peer, Unit unit) => new(key, Rate(key))
        {
            PeerName = peer,
            Peer = Rate(peer),
            Ratio = contest.Ratio(key, peer, m => m.Rate, unit),
        };
        return new BenchmarkResult(Name, Title)
        {
            Rows =
            [
                .. students.Select(s => Compare(s.Key, Stock, Unit.Times)),
                Compare(Compact, StockCompact, Unit.Times),
                .. students.Select(s => Compare(s.Key, Decoding, Unit.Percent)),
                .. hasTurboJpeg
                    ? [Compare(CompactBySkia, Stock, Unit.Times), Compare(CompactBySkia, DecodingBySkia, Unit.Percent), Compare(Decoding, DecodingBySkia, Unit.Times)]
                    : Array.Empty<ResultRow>(),
                .. students.Select(s => Compare(Transformer(s.Key), s.Key, Unit.Percent)),
            ],
            Notes =
            [
                .. wanted.Select(s => bench.WhyMissing(s.File)).OfType<string>(),
                hasTurboJpeg ? "JPEGs are decoded by the system's libturbojpeg, except in the rows *by Skia*." : "The system has no libturbojpeg; Skia decodes the JPEGs.",
                DescribeLimit(contest),
                ReducedDecoding.Describe(bench.Photographs, bench.Cancellation),
            ],
        };
    }

    /// <summary>An upper bound: the speed, as a share of decoding alone, if every layer ran as fast as the fastest matrix product.</summary>
    private static string DescribeLimit(Contest contest)
    {
        double peak = contest[Peak].Max(m => m.Rate), decoding = Statistics.Median(contest[Decoding].Select(m => m.SecondsEach));
        double compact = Students.Compact.CountMultiplyAdds(TrainingRows.Classes), small = Students.CompactSmall.CountMultiplyAdds(TrainingRows.Classes);
        double Percent(double multiplyAdds) => 100 * decoding / (decoding + 2 * multiplyAdds / peak);
        return Invariant($"Upper bound: if every layer ran at the speed of the fastest product of two 2048 x 2048 float32 matrices ({peak / 1e9:0} GFLOP/s), ")
            + Invariant($"the compact student ({compact / 1e6:0.0} M multiply-adds) would reach {Percent(compact):0.0}% of decoding alone, ")
            + Invariant($"and the small compact student ({small / 1e6:0.0} M) {Percent(small):0.0}%.");
    }
}
