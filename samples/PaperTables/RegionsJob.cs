using Microsoft.ML;
using Microsoft.ML.Transforms;
using VisualSentiment;

namespace PaperTables;

/// <summary>An ONNX teacher that attends to regions against the plain one, over folds: the same pictures and seed.</summary>
internal sealed class RegionsJob(PaperSettings settings, CancellationToken cancellation)
{
    private readonly MLContext _ml = new(settings.Seed);

    public RegionsReport Run()
    {
        string file = TeacherSource.FindOnnxFile(settings.Teacher!)!;
        IDataView pictures = _ml.Data.LoadImageFolder(settings.Data!);
        var results = ResultFolder.Open(settings);
        var keys = _ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(pictures);
        int folds = settings.Folds == 0 ? 5 : settings.Folds, fold = 0;
        List<DistillationReport> runs = [];
        foreach (var part in _ml.Data.StratifiedFolds(pictures, folds))
        {
            string name = $"regions/fold-{++fold}-of-{folds}.json";
            if (results.Read<DistillationReport>(name) is not { } run)
            {
                IDataView train = keys.Transform(part.TrainSet), test = keys.Transform(part.TestSet);
                using TeacherTransformer plain = Train(file, regions: false, $"Fold {fold} of {folds}: plain head", train);
                using TeacherTransformer attending = Train(file, regions: true, $"Fold {fold} of {folds}: head with region attention", train);
                run = _ml.MulticlassClassification.EvaluateDistillation(test, attending, hardLabelStudent: plain);
                results.Write(name, run);
            }
            runs.Add(run);
            Screen.Line($"  plain {Text.Percent(run.HardLabelStudent!.Accuracy.Value)}, with region attention {Text.Percent(run.Student.Accuracy.Value)}");
        }
        DistillationReport all = DistillationReport.Combine(runs);
        var report = new RegionsReport(folds, all.Tests, all.HardLabelStudent!.Accuracy, all.Student.Accuracy, all.GainOverHardLabels!.Value);
        results.Write("regions.json", report);
        return report;
    }

    private TeacherTransformer Train(string file, bool regions, string title, IDataView train) => TrainingDisplay.Run(title, display =>
        _ml.MulticlassClassification.Trainers.SentimentTeacher(new TeacherOptions
        {
            Teacher = Teachers.Onnx(file, new OnnxBackboneOptions { RegionAttention = regions }),
            CacheFolder = settings.Cache,
            Progress = display,
            CancellationToken = cancellation,
        }).Fit(train));
}
