using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using VisualSentiment;

namespace Distill;

/// <summary>Trains the teacher, the distilled student, and the same student on hard labels only.</summary>
internal sealed class DistillJob(DistillSettings settings, CancellationToken cancellation)
{
    private const int PaintedImagesPerMood = 100;

    private readonly MLContext _ml = new(settings.Seed);
    private readonly List<string> _written = [];

    /// <summary>The files written so far, for the message of a stopped run.</summary>
    public string Describe() => _written.Count == 0 ? "Nothing was written." : $"Already written: {string.Join(", ", _written)}";

    public DistillReport Run()
    {
        TrainingDisplay.ShowWarnings(_ml);
        // Invalid images are reported before pretraining, which takes long.
        IDataView images = _ml.Data.LoadImageFolder(settings.Data ?? PaintImages());
        Student distilled = PretrainedStudent.Create(settings, cancellation);
        Directory.CreateDirectory(settings.Output);

        // The keys come from all labels, so that training and test images have the same order of classes.
        var keys = _ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(images);
        var split = _ml.Data.StratifiedSplit(images, settings.TestFraction);
        IDataView train = keys.Transform(split.TrainSet), test = keys.Transform(split.TestSet);

        var trainers = new Trainers(_ml, settings, PretrainedStudent.Continue(_ml, settings, distilled, train, cancellation), cancellation);
        TrainableTeacher teacher = trainers.Teacher;
        var (trainedTeacher, teacherTime) = Train($"Teacher: {teacher.Name}", progress => trainers.ForTeacher(progress).Fit(train), model => model.History);
        using (trainedTeacher)
        {
            // Measured before the test: a backbone computes each image once, and --cache keeps the features of earlier runs.
            double? teacherSpeed = settings.Cache is null ? Speed.Measure(_ml, trainedTeacher, test, warmUp: train) : null;
            var (student, studentTime) = Train($"Student ({trainers.StudentName}), distilled",
                progress => _ml.Transforms.DistillSentiment(trainers.ForStudent(progress, Teachers.FromModel(trainedTeacher))).Fit(train), model => model.History);
            var (baseline, baselineTime) = Train($"Student ({trainers.PlainStudentName}), hard labels only", progress => _ml.Transforms.DistillSentiment(trainers.ForHardLabels(progress)).Fit(train), model => model.History);
            using (student)
            using (baseline)
            {
                long bytes = Save(student, images.Schema);
                DistillationReport comparison = _ml.MulticlassClassification.EvaluateDistillation(test, student, trainedTeacher, baseline, options: new DistillationEvaluationOptions
                {
                    // The soft targets of an out-of-fold teacher are not its scores of the training images.
                    TeacherTrainingScores = settings.TeacherFolds == 0 ? trainedTeacher.Transform(train) : null,
                });
                int classes = student.Classes.Count;
                var teacherCost = new ModelCost { Name = teacher.Name, Parameters = trainedTeacher.Parameters, MillisecondsPerImage = teacherSpeed, TrainingTime = teacherTime };
                var studentCost = new ModelCost
                {
                    Name = trainers.StudentName,
                    Parameters = trainers.CountParameters(classes),
                    MultiplyAdds = trainers.CountMultiplyAdds(classes),
                    FileBytes = bytes,
                    MillisecondsPerImage = Speed.Measure(_ml, student, test, warmUp: train),
                    TrainingTime = studentTime,
                };
                comparison.SaveAsHtml(Path.Combine(settings.Output, "report.html"), new HtmlReportOptions
                {
                    Title = $"{(settings.Data is null ? "Painted moods" : Path.GetFileName(Path.TrimEndingDirectorySeparator(settings.Data)))}: {trainers.StudentName} student of {teacher.Name}",
                    Teacher = teacherCost,
                    Student = studentCost,
                    HardLabelStudent = studentCost with { MillisecondsPerImage = null, FileBytes = null, TrainingTime = baselineTime },
                    Settings = new Dictionary<string, string>(settings.Describe()) { ["speed"] = Speed.Note },
                });
                var report = new DistillReport
                {
                    Data = settings.Data ?? "painted moods",
                    Classes = student.Classes,
                    TrainingImages = Count(train),
                    TestImages = Count(test),
                    Temperature = settings.Temperature,
                    HardWeight = settings.HardWeight,
                    Epochs = settings.Epochs,
                    Seed = settings.Seed,
                    Teacher = Report(teacher.Name, comparison.Teacher!, teacherCost),
                    Student = Report("student, distilled", comparison.Student, studentCost),
                    HardLabelStudent = Report("student, hard labels", comparison.HardLabelStudent!, studentCost with { MillisecondsPerImage = null, TrainingTime = baselineTime }),
                    Findings = [.. comparison.Findings.Select(finding => finding.Message)],
                    Int8 = settings.Int8 ? SaveInt8(student, train, test, comparison.Student.Accuracy.Value, bytes) : null,
                };
                if (settings.Explain)
                    new EvidenceJob(settings).Run(test);
                report.Save(Path.Combine(settings.Output, "report.json"));
                return report;
            }
        }
    }

    private static (T Model, TimeSpan Time) Train<T>(string title, Func<IProgress<TrainingProgress>, T> fit, Func<T, IReadOnlyList<EpochResult>> history)
    {
        var clock = Stopwatch.StartNew();
        T model = TrainingDisplay.Run(title, fit);
        TimeSpan time = clock.Elapsed;
        LearningCurves.Show(history(model));
        return (model, time);
    }

    private static NetworkReport Report(string name, ModelEvaluation evaluation, ModelCost cost) =>
        new(name, evaluation.Accuracy.Value, cost.Parameters ?? 0, cost.TrainingTime?.TotalSeconds ?? 0, cost.MillisecondsPerImage);

    private long Save(SentimentTransformer student, DataViewSchema schema)
    {
        string onnx = Path.Combine(settings.Output, "sentiment.onnx");
        student.SaveAsOnnx(onnx);
        // Without the step that maps labels to keys, so that prediction needs no label.
        _written.Add(onnx);
        string zip = Path.Combine(settings.Output, "sentiment.zip");
        OutputFile.Write(zip, unfinished => _ml.Model.Save(student, schema, unfinished));
        _written.Add(zip);
        return new FileInfo(onnx).Length;
    }

    private Int8Report SaveInt8(SentimentTransformer student, IDataView train, IDataView test, double floatAccuracy, long floatBytes)
    {
        string onnx = Path.Combine(settings.Output, Int8Report.FileName);
        try
        {
            student.SaveAsOnnx(onnx, new() { Quantize = true, CalibrationData = train, CancellationToken = cancellation });
        }
        catch (InvalidOperationException e)
        {
            return new Int8Report(null, floatAccuracy, null, floatBytes, e.Message);
        }
        using var quantized = SentimentTransformer.Load(onnx, test.Schema);
        double accuracy = _ml.MulticlassClassification.Evaluate(quantized.Transform(test)).MicroAccuracy;
        return new Int8Report(accuracy, floatAccuracy, new FileInfo(onnx).Length, floatBytes, null);
    }

    private string PaintImages()
    {
        string folder = Path.Combine(settings.Output, "moods");
        Screen.Title($"Painting {PaintedImagesPerMood * MoodPainter.Moods.Count} images in {MoodPainter.Moods.Count} moods: {folder}");
        MoodPainter.Paint(folder, PaintedImagesPerMood, settings.Seed);
        _written.Add(folder);
        return folder;
    }

    private static int Count(IDataView data)
    {
        using var cursor = data.GetRowCursor([]);
        int rows = 0;
        while (cursor.MoveNext())
            rows++;
        return rows;
    }
}
