using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using VisualSentiment;

namespace Distill;

/// <summary>Teacher, distilled student and student on hard labels over folds and seeds, each tested on what nothing was trained on.</summary>
internal sealed class FoldsJob(DistillSettings settings, CancellationToken cancellation)
{
    /// <summary>The report over all folds and seeds, also written as folds.json, folds.md and folds.html.</summary>
    public DistillationReport Run()
    {
        Directory.CreateDirectory(settings.Output);
        List<DistillationReport> runs = [];
        for (int seed = settings.Seed; seed < settings.Seed + settings.Seeds; seed++)
        {
            var ml = new MLContext(seed);
            var trainers = new Trainers(ml, settings, cancellation);
            IDataView pictures = ml.Data.LoadImageFolder(settings.Data!);
            var keys = ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(pictures);
            int fold = 0;
            foreach (var part in ml.Data.StratifiedFolds(pictures, settings.Folds))
            {
                DistillationReport report = RunFold(ml, trainers, keys.Transform(part.TrainSet), keys.Transform(part.TestSet));
                runs.Add(report);
                Screen.Title($"seed {seed}, fold {++fold} of {settings.Folds}: teacher {Percent(report.Teacher!)}, distilled {Percent(report.Student)}, hard labels {Percent(report.HardLabelStudent!)}");
                Save(DistillationReport.Combine(runs));
            }
        }
        return DistillationReport.Combine(runs);
    }

    private DistillationReport RunFold(MLContext ml, Trainers trainers, IDataView train, IDataView test)
    {
        using TeacherTransformer teacher = TrainingDisplay.Run($"Teacher: {trainers.Teacher.Name}", progress => trainers.ForTeacher(progress).Fit(train));
        using SentimentTransformer student = TrainingDisplay.Run($"Student ({trainers.StudentName}), distilled", progress => trainers.ForStudent(progress, Teachers.FromModel(teacher), settings.Temperature).Fit(train));
        using SentimentTransformer baseline = TrainingDisplay.Run($"Student ({trainers.StudentName}), hard labels alone", progress => trainers.ForHardLabels(progress).Fit(train));
        return ml.MulticlassClassification.EvaluateDistillation(test, student, teacher, baseline);
    }

    private void Save(DistillationReport report)
    {
        OutputFile.Write(Path.Combine(settings.Output, "folds.json"), unfinished => File.WriteAllText(unfinished, JsonSerializer.Serialize(report)));
        OutputFile.Write(Path.Combine(settings.Output, "folds.md"), unfinished => File.WriteAllText(unfinished, report.ToMarkdown()));
        report.SaveAsHtml(Path.Combine(settings.Output, "folds.html"), new()
        {
            Title = $"{settings.Folds} folds, {settings.Student} student, {settings.Teacher} teacher",
            Settings = settings.Describe(),
        });
    }

    private static string Percent(ModelEvaluation model) => model.Accuracy.Value.ToString("P1", CultureInfo.InvariantCulture);
}
