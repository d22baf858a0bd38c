using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Spectre.Console;
using VisualSentiment;

namespace Distill;

/// <summary>From pictures to a student: the teacher, the distilled student, and the same student on hard labels alone.</summary>
internal sealed class DistillJob(DistillSettings settings, CancellationToken cancellation)
{
    private const int PaintedPicturesPerMood = 100;

    private readonly MLContext _ml = new(settings.Seed);
    private readonly List<string> _written = [];

    /// <summary>What it has written, for whoever stopped it.</summary>
    public string Describe() => _written.Count == 0 ? "Nothing was written." : $"Written by then: {string.Join(", ", _written)}";

    public DistillReport Run()
    {
        _ml.Log += (_, entry) =>
        {
            if (entry.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                AnsiConsole.MarkupLineInterpolated($"[yellow]{entry.RawMessage}[/]");
        };
        var trainers = new Trainers(_ml, settings, PretrainedStudent.Create(settings, cancellation), cancellation);
        TrainableTeacher teacher = trainers.Teacher;
        Directory.CreateDirectory(settings.Output);
        IDataView pictures = _ml.Data.LoadImageFolder(settings.Data ?? PaintPictures());

        // The key is made from all labels, so that training and test pictures share one order of classes.
        var keys = _ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(pictures);
        var split = _ml.Data.StratifiedSplit(pictures, settings.TestFraction);
        IDataView train = keys.Transform(split.TrainSet), test = keys.Transform(split.TestSet);

        var (taught, teacherReport) = Measure($"Teacher: {teacher.Name}", trainers, test, progress => trainers.ForTeacher(progress).Fit(train));
        using (taught)
        {
            var (student, studentReport) = Measure($"Student ({trainers.StudentName}), distilled", trainers, test, progress => trainers.ForStudent(progress, Teachers.FromModel(taught)).Fit(train));
            var (baseline, baselineReport) = Measure($"Student ({trainers.StudentName}), hard labels alone", trainers, test, progress => trainers.ForHardLabels(progress).Fit(train));
            using (student)
            using (baseline)
            {
                long bytes = Save(student, pictures.Schema);
                var report = new DistillReport
                {
                    Data = settings.Data ?? "painted moods",
                    Classes = student.Classes,
                    TrainingPictures = Count(train),
                    TestPictures = Count(test),
                    Temperature = settings.Temperature,
                    HardWeight = settings.HardWeight,
                    Epochs = settings.Epochs,
                    Seed = settings.Seed,
                    Teacher = teacherReport with { Name = teacher.Name, Parameters = taught.Parameters },
                    Student = studentReport,
                    HardLabelStudent = baselineReport,
                    Int8 = settings.Int8 ? SaveInt8(student, test, studentReport.Accuracy, bytes) : null,
                };
                report.Save(Path.Combine(settings.Output, "report.json"));
                return report;
            }
        }
    }

    private (T Model, NetworkReport Report) Measure<T>(string title, Trainers trainers, IDataView test, Func<IProgress<TrainingProgress>, T> fit) where T : ITransformer
    {
        var clock = Stopwatch.StartNew();
        T model = TrainingDisplay.Run(title, fit);
        double seconds = clock.Elapsed.TotalSeconds;
        MulticlassClassificationMetrics metrics = _ml.MulticlassClassification.Evaluate(model.Transform(test));
        long parameters = trainers.CountParameters(metrics.ConfusionMatrix.NumberOfClasses);
        return (model, new NetworkReport(title, metrics.MicroAccuracy, parameters, seconds));
    }

    private long Save(SentimentTransformer student, DataViewSchema schema)
    {
        string onnx = Path.Combine(settings.Output, "sentiment.onnx");
        student.SaveAsOnnx(onnx);
        // Without the step that maps labels to keys, so that pictures to predict need no label.
        _written.Add(onnx);
        string zip = Path.Combine(settings.Output, "sentiment.zip");
        OutputFile.Write(zip, unfinished => _ml.Model.Save(student, schema, unfinished));
        _written.Add(zip);
        return new FileInfo(onnx).Length;
    }

    private Int8Report SaveInt8(SentimentTransformer student, IDataView test, double floatAccuracy, long floatBytes)
    {
        string onnx = Path.Combine(settings.Output, Int8Report.FileName);
        try
        {
            student.SaveAsOnnx(onnx, new() { Quantize = true, CancellationToken = cancellation });
        }
        catch (InvalidOperationException e)
        {
            return new Int8Report(null, floatAccuracy, null, floatBytes, e.Message);
        }
        using var quantized = SentimentTransformer.Load(onnx, test.Schema);
        double accuracy = _ml.MulticlassClassification.Evaluate(quantized.Transform(test)).MicroAccuracy;
        return new Int8Report(accuracy, floatAccuracy, new FileInfo(onnx).Length, floatBytes, null);
    }

    private string PaintPictures()
    {
        string folder = Path.Combine(settings.Output, "moods");
        AnsiConsole.MarkupLineInterpolated($"[bold]Painting {PaintedPicturesPerMood * MoodPainter.Moods.Count} pictures[/] in {MoodPainter.Moods.Count} moods: {folder}");
        MoodPainter.Paint(folder, PaintedPicturesPerMood, settings.Seed);
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
