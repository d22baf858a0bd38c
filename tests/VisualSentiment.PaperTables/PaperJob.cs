using Distill;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using VisualSentiment;

namespace PaperTables;

/// <summary>From images to the paper's tables.</summary>
internal sealed class PaperJob(PaperSettings settings, CancellationToken cancellation)
{
    private readonly MLContext _ml = new(settings.Seed);

    public PaperReport Run()
    {
        TrainingDisplay.ShowWarnings(_ml);
        // Images first: a folder that cannot be used leaves no results behind that another would be refused for.
        IDataView? given = settings.Data is null ? null : _ml.Data.LoadImageFolder(settings.Data);
        var results = ResultFolder.Open(settings);
        IDataView images = given ?? _ml.Data.LoadImageFolder(PaintImages(results));
        var keys = _ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(images);
        Part Create(string name, string title, DataOperationsCatalog.TrainTestData data) => new(name, title, keys.Transform(data.TrainSet), keys.Transform(data.TestSet));

        Part split = Create("split", "Split", _ml.Data.StratifiedSplit(images, settings.TestFraction));
        Part[] folds = settings.Folds == 0 ? []
            : [.. _ml.Data.StratifiedFolds(images, settings.Folds).Select((fold, i) => Create($"fold-{i + 1}-of-{settings.Folds}", $"Fold {i + 1} of {settings.Folds}", fold))];
        Screen.Title("Networks: what is in them and what an image costs");
        var report = new PaperReport
        {
            Data = settings.Data is null ? settings.DataName : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.Data))),
            Classes = ReadClasses(split),
            Seed = settings.Seed,
            Processors = Environment.ProcessorCount,
            BudgetHours = settings.Budget,
            Epochs = settings.Epochs,
            TeacherEpochs = settings.TeacherEpochs,
            Table1 = StageSizes.OfTeacher(),
            Table2 = StageSizes.OfStudent(),
            Costs = ReadCosts(results),
            Split = Run(split, results, new Dictionary<string, TableRow>()),
            Gains = [],
        };
        report = report with { Gains = Compare(report.Split, [split], results) };
        Write(report, results);
        if (folds.Length == 0)
            return report;
        var known = report.Split.Rows.ToDictionary(row => row.Key);
        var combined = PartResult.Combine([.. folds.Select(fold => Run(fold, results, known))]);
        report = report with { Folds = combined, FoldGains = Compare(combined, folds, results) };
        Write(report, results);
        return report;
    }

    private PartResult Run(Part part, ResultFolder results, IReadOnlyDictionary<string, TableRow> leftOut)
    {
        using var tables = new PartTables(_ml, settings, results, part, cancellation);
        return tables.Run(leftOut);
    }

    private Dictionary<string, NetworkCost> ReadCosts(ResultFolder results)
    {
        Dictionary<string, NetworkCost> costs = [];
        void Add(string key, Func<NetworkCost> measure)
        {
            cancellation.ThrowIfCancellationRequested();
            string file = $"costs/{key}.json";
            costs[key] = results.Read<NetworkCost>(file) ?? measure();
            results.Write(file, costs[key]);
        }
        Add(PaperNetwork.Student.Key, () => CostMeter.Measure(PaperNetwork.Student));
        if (settings.Teacher is { } teacher)
            Add(RowKeys.Teacher, () => TeacherSource.FindOnnxFile(teacher) is { } file ? CostMeter.MeasureOnnx(file) : CostMeter.Measure(PaperNetwork.ConvNet));
        if (settings.Networks != NetworkChoice.Light)
            foreach (PaperNetwork network in (PaperNetwork[])[PaperNetwork.ResNet50, PaperNetwork.Vgg16, PaperNetwork.AlexNet])
                if (CostMeter.FindLackOfMemory(network) is null)
                    Add(network.Key, () => CostMeter.Measure(network));
        return costs;
    }

    private StudentGain[] Compare(PartResult rows, IReadOnlyList<Part> parts, ResultFolder results) =>
        [.. rows.Rows.Where(row => row is { Temperature: not null, LeftOut: null }).Select(row => new StudentGain(row.Temperature!.Value,
            DistillationReport.Combine([.. parts.Select(part => Compare(part, row.Key, results))]).GainOverHardLabels!.Value))];

    private DistillationReport Compare(Part part, string key, ResultFolder results)
    {
        using var student = SentimentTransformer.Load(results.PathOf(PartTables.ModelOf(part, key)), part.Test.Schema);
        using var hard = SentimentTransformer.Load(results.PathOf(PartTables.ModelOf(part, RowKeys.HardLabels)), part.Test.Schema);
        return _ml.MulticlassClassification.EvaluateDistillation(part.Test, student, hardLabelStudent: hard);
    }

    private static void Write(PaperReport report, ResultFolder results)
    {
        results.Write("tables.json", report);
        results.WriteText(SweepPlot.File, SweepPlot.Draw(report));
        results.WriteText(SizePlot.File, SizePlot.Draw(report));
        results.WriteText("tables.md", MarkdownPage.Write(report));
    }

    private string PaintImages(ResultFolder results)
    {
        string folder = results.PathOf("moods");
        Screen.Title($"Painting {settings.Images * MoodPainter.Moods.Count} images in {MoodPainter.Moods.Count} moods: {folder}");
        MoodPainter.Paint(folder, settings.Images, settings.Seed);
        return folder;
    }

    private static string[] ReadClasses(Part part)
    {
        var names = default(Microsoft.ML.Data.VBuffer<ReadOnlyMemory<char>>);
        part.Train.Schema["Label"].Annotations.GetValue("KeyValues", ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }
}
