using Microsoft.ML;
using VisualSentiment;

namespace PaperTables;

/// <summary>All rows of one part: who teaches, its students, the student on hard labels, and the paper's large networks.</summary>
internal sealed class PartTables(MLContext ml, PaperSettings settings, ResultFolder results, Part part, CancellationToken cancellation) : IDisposable
{
    private readonly RowTrainer _rows = new(ml, settings, results, part, cancellation);
    private TeacherTransformer? _teacher;

    /// <param name="leftOut">Rows of another part, by key; a network that was left out there is left out here.</param>
    public PartResult Run(IReadOnlyDictionary<string, TableRow> leftOut)
    {
        TableRow? resNet = null, other = null;
        string? withoutTeacher = null;
        // Random weights teach nothing where there is another teacher.
        bool resNetMayTeach = settings.Weights is not null || settings.Teacher is null;
        if (resNetMayTeach)
            resNet = Large(PaperNetwork.ResNet50, leftOut, keep: true);
        if (settings.Teacher is { } named)
            other = Other(named);
        TableRow? teaching = resNetMayTeach && resNet is { LeftOut: null } ? resNet : other;
        if (teaching is null)
            withoutTeacher = $"there is no teacher: ResNet-50 is left out ({resNet!.LeftOut}). Pass another --teacher, or --networks all";

        List<TableRow> students = [];
        foreach (double temperature in settings.Temperatures)
            students.Add(Distilled(temperature, teaching, withoutTeacher));
        TableRow hard = HardLabels();
        _teacher?.Dispose();
        _teacher = null;
        resNet ??= Large(PaperNetwork.ResNet50, leftOut, keep: false);
        TableRow[] baselines = [Large(PaperNetwork.Vgg16, leftOut, keep: false), Large(PaperNetwork.AlexNet, leftOut, keep: false)];
        return new PartResult
        {
            Name = part.Name,
            TrainingImages = part.TrainingImages,
            TestImages = part.TestImages,
            Teacher = teaching?.Name,
            Rows = [.. students, hard, .. other is null ? (TableRow[])[] : [other], resNet, .. baselines],
        };
    }

    /// <summary>The ONNX file of a student, for whoever compares it with another on the same images.</summary>
    public static string ModelOf(Part part, string key) => $"models/{part.Name}/{key}.onnx";

    public void Dispose() => _teacher?.Dispose();

    private TableRow Other(string named)
    {
        TrainableTeacher teacher = TeacherSource.Create(named, settings);
        return _rows.Find(RowKeys.Teacher) ?? Train(new TableRow { Key = RowKeys.Teacher, Name = teacher.Name }, teacher, keep: true);
    }

    private TableRow Large(PaperNetwork network, IReadOnlyDictionary<string, TableRow> leftOut, bool keep)
    {
        var row = new TableRow { Key = network.Key, Name = network.Name };
        if (_rows.Find(network.Key) is { } known)
            return known;
        if (settings.Networks == NetworkChoice.Light)
            return row with { LeftOut = "not selected" };
        if (leftOut.GetValueOrDefault(network.Key) is { LeftOut: not null } same)
            return row with { LeftOut = same.LeftOut };
        if (CostMeter.FindLackOfMemory(network) is { } lack)
            return _rows.Keep(row with { LeftOut = lack });
        return Train(row, LargeTeacher(network.Key), keep);
    }

    private TrainableTeacher LargeTeacher(string key)
    {
        var training = new TeacherTrainingOptions { Epochs = settings.TeacherEpochs, BatchSize = settings.BatchSize };
        return key switch
        {
            RowKeys.ResNet50 => Teachers.ResNet50(settings.Weights is "imagenet" ? PretrainedWeights.ImageNet : settings.Weights, training),
            RowKeys.Vgg16 => Teachers.Vgg16(training: training),
            _ => Teachers.AlexNet(training),
        };
    }

    private TableRow Train(TableRow row, TrainableTeacher teacher, bool keep)
    {
        row = _rows.Train(row, training => Fit(teacher, training), trained => trained.History, out TeacherTransformer? trained);
        if (keep && trained is not null)
            _teacher = trained;
        else
        {
            trained?.Dispose();
            Forget(row.Key);
        }
        return row;
    }

    private TeacherTransformer Fit(TrainableTeacher teacher, RowTraining training) => ml.MulticlassClassification.Trainers.SentimentTeacher(new TeacherOptions
    {
        Teacher = teacher,
        CacheFolder = settings.Cache,
        CheckpointFolder = training.CheckpointFolder,
        Progress = training.Progress,
        CancellationToken = training.Cancellation,
    }).Fit(part.Train);

    private TableRow Distilled(double temperature, TableRow? teaching, string? withoutTeacher)
    {
        string key = RowKeys.Distilled(temperature);
        if (_rows.Find(key, teaching?.Name) is { } known)
            return known;
        var row = new TableRow { Key = key, Name = $"distilled, T = {Text.Number(temperature)}", Temperature = temperature, Teacher = teaching?.Name };
        if (teaching is null)
            return row with { LeftOut = withoutTeacher };
        _teacher ??= _rows.Load(teaching, training => Fit(
            teaching.Key == RowKeys.ResNet50 ? LargeTeacher(RowKeys.ResNet50) : TeacherSource.Create(settings.Teacher!, settings), training));
        return Student(row, training => Common(training) with { Teacher = Teachers.FromModel(_teacher), Loss = DistillationLosses.SoftTarget(temperature) });
    }

    private TableRow HardLabels() => _rows.Find(RowKeys.HardLabels)
        ?? Student(new TableRow { Key = RowKeys.HardLabels, Name = "student, hard labels" }, training => Common(training) with { Loss = DistillationLosses.HardLabels });

    private TableRow Student(TableRow row, Func<RowTraining, KnowledgeDistillationOptions> options)
    {
        row = _rows.Train(row, training =>
        {
            SentimentTransformer student = ml.Transforms.DistillSentiment(options(training)).Fit(part.Train);
            string model = results.PathOf(ModelOf(part, row.Key));
            Directory.CreateDirectory(Path.GetDirectoryName(model)!);
            student.SaveAsOnnx(model);
            return student;
        }, student => student.History, out SentimentTransformer? student);
        student?.Dispose();
        Forget(row.Key);
        return row;
    }

    private KnowledgeDistillationOptions Common(RowTraining training) => DistillationRecipes.Paper with
    {
        Epochs = settings.Epochs,
        BatchSize = settings.BatchSize,
        CacheFolder = settings.Cache,
        CheckpointFolder = training.CheckpointFolder,
        Progress = training.Progress,
        CancellationToken = training.Cancellation,
    };

    private void Forget(string key)
    {
        string folder = _rows.CheckpointFolderOf(key);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
