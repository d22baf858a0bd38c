using System.Globalization;
using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Benchmarks.Results;

namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>8-bit students compared with float32: speed in ONNX Runtime alone, file size and accuracy.</summary>
internal sealed class EightBitBenchmark : IBenchmark
{
    private static readonly int[] Batches = [1, 16];
    private static readonly (string Name, string File)[] All = [("paper's student", StudentFiles.Paper), ("compact student", StudentFiles.Compact), ("small compact student", StudentFiles.CompactSmall)];

    public string Name => "int8";

    public string Title => "8-bit against float32, ONNX Runtime alone, one thread, ready tensors";

    public BenchmarkResult Run(Workbench bench)
    {
        static string Key(string name, int batch, bool eightBit) => $"{name}, {(eightBit ? "8-bit" : "float32")}, {batch} {(batch == 1 ? "image" : "images")} per call";
        var students = All.Where(s => bench.WhyMissing(StudentFiles.EightBit(s.File)) is null).ToArray();
        using var contest = new Contest(bench);
        foreach (var (name, file) in students)
            foreach (int batch in Batches)
                foreach (bool eightBit in (bool[])[false, true])
                    contest.Add(Key(name, batch, eightBit), nameof(ReadyTensorCompetitor), bench.WithStudent(eightBit ? StudentFiles.EightBit(file) : file) with
                    {
                        Batch = batch,
                        Rounds = Math.Max(1, bench.Sizes.ReadyTensors / batch),
                    });
        contest.Run(bench.Sizes.Repeats);

        List<ResultRow> rows = [];
        foreach (var (name, file) in students)
        {
            foreach (int batch in Batches)
            {
                string ours = Key(name, batch, eightBit: true), peer = Key(name, batch, eightBit: false);
                rows.Add(new($"{ours}, time per image", contest.Of(ours, m => 1000 * m.SecondsEach, Unit.Milliseconds))
                {
                    PeerName = "float32",
                    Peer = contest.Of(peer, m => 1000 * m.SecondsEach, Unit.Milliseconds),
                    Ratio = contest.Ratio(peer, ours, m => m.SecondsEach),
                });
            }
            rows.Add(Size(bench, name, file));
            rows.Add(Accuracy(bench, name, file));
        }
        string[] missing = [.. All.Select(s => bench.WhyMissing(StudentFiles.EightBit(s.File))).OfType<string>()];
        if (students.Length == 0)
            throw new InvalidOperationException(string.Join(" ", missing));
        double heldOut = bench.Training.Figures[StudentTraining.HeldOutImages];
        return new BenchmarkResult(Name, Title)
        {
            Rows = rows,
            Notes = [string.Create(CultureInfo.InvariantCulture, $"Accuracies are measured on {heldOut:0} held-out images; one image is {100 / heldOut:0.00} points. The students are trained for {bench.Sizes.StudentEpochs} epochs on labels only, for this comparison and not for their accuracy."), .. missing],
        };
    }

    private static ResultRow Size(Workbench bench, string name, string file)
    {
        Quantity Megabytes(string f) => new(new FileInfo(bench.WithStudent(f).StudentPath).Length / 1e6, Unit.Megabytes);
        return new($"{name}, 8-bit, size of the file", Megabytes(StudentFiles.EightBit(file)))
        {
            PeerName = $"float32: {Megabytes(file)}",
        };
    }

    private static ResultRow Accuracy(Workbench bench, string name, string file)
    {
        double Share(string f) => bench.Training.Figures[StudentTraining.AccuracyOf(f)];
        double before = Share(file), after = Share(StudentFiles.EightBit(file));
        return new($"{name}, 8-bit, accuracy lost", new(100 * (before - after), Unit.Points))
        {
            PeerName = $"accuracy {Quantity.Format(before, Unit.Percent)} before, {Quantity.Format(after, Unit.Percent)} after",
        };
    }
}
