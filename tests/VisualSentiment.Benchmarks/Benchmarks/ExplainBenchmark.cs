using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Benchmarks.Results;

namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>The cost of evidence maps, for predictions with them and without them.</summary>
internal sealed class ExplainBenchmark : IBenchmark
{
    private static readonly (string Name, string File)[] All = [("compact student", StudentFiles.Compact), ("paper's student", StudentFiles.Paper)];

    public string Name => "explain";

    public string Title => "Evidence maps, one JPEG of 640 x 480 at a time, warm";

    public BenchmarkResult Run(Workbench bench)
    {
        static string Explained(string name) => $"prediction with evidence maps, {name}";
        static string Predicted(string name) => $"prediction, {name}";
        static string WithOutput(string name) => $"prediction, {name}, from a file with the output `evidence`";
        using var contest = new Contest(bench);
        foreach (var (name, file) in All)
        {
            int rounds = bench.Sizes.Latencies / bench.Sizes.Repeats;
            contest.Add(Explained(name), nameof(ExplainCompetitor), bench.WithStudent(file) with { Rounds = rounds });
            contest.Add(Predicted(name), nameof(OneImageCompetitor), bench.WithStudent(file) with { Rounds = rounds });
            contest.Add(WithOutput(name), nameof(OneImageCompetitor), bench.WithStudent(StudentFiles.WithEvidence(file)) with { Rounds = rounds });
        }
        contest.Run(bench.Sizes.Repeats);

        static double Typical(Measurement m) => Statistics.Median(m.Latencies);
        ResultRow Row(string ours, string peer) => new(ours, contest.Of(ours, Typical, Unit.Milliseconds))
        {
            PeerName = peer,
            Peer = contest.Of(peer, Typical, Unit.Milliseconds),
            Ratio = contest.Ratio(ours, peer, Typical),
        };
        return new BenchmarkResult(Name, Title)
        {
            Rows = [.. All.SelectMany(student => (ResultRow[])
            [
                Row(Explained(student.Name), Predicted(student.Name)),
                Row(WithOutput(student.Name), Predicted(student.Name)),
            ])],
        };
    }
}
