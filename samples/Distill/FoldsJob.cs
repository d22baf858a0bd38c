using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using VisualSentiment;

namespace Distill;

/// <summary>
/// Cross-validates teacher, distilled student and student on hard labels over folds and seeds. Runs in folds.json are not run again.
/// </summary>
internal sealed class FoldsJob(DistillSettings settings, CancellationToken cancellation)
{
    private readonly SortedDictionary<(int Seed, int Fold), FoldRun> _runs = [];

    private string JsonPath => Path.Combine(settings.Output, "folds.json");

    private string MarkdownPath => Path.Combine(settings.Output, "folds.md");

    private IEnumerable<FoldRun> Asked => _runs.Values.Where(run => run.Seed >= settings.Seed && run.Seed < settings.Seed + settings.Seeds);

    /// <summary>The progress, for the message of a stopped run.</summary>
    public string Describe()
    {
        int done = Asked.Count(), all = settings.Folds * settings.Seeds;
        return done == 0 ? $"None of {all} folds is done, and nothing was written."
            : $"{done} of {all} folds are done and written to {JsonPath} and {MarkdownPath}. Run the same command to continue.";
    }

    /// <summary>Writes folds.json, folds.md and folds.html over all folds and seeds.</summary>
    /// <returns>The path of folds.md.</returns>
    public string Run()
    {
        PretrainedStudent.CheckFolds(settings);
        IReadOnlyDictionary<string, string> described = FoldSettings.Describe(settings, new MLContext().Data.LoadImageFolder(settings.Data!));
        Directory.CreateDirectory(settings.Output);
        using var only = new FileStream(Path.Combine(settings.Output, "folds.lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        foreach (FoldRun run in FoldsFile.ReadRuns(JsonPath, described))
            _runs.Add((run.Seed, run.Fold), run);
        (string Path, FoldsFile File)[] others = [.. settings.Compare.Select(path => (path, FoldsFile.Read(path, "Leave it out of --compare.")))];
        Student distilled = PretrainedStudent.Create(settings, cancellation);
        for (int seed = settings.Seed; seed < settings.Seed + settings.Seeds; seed++)
        {
            var ml = new MLContext(seed);
            TrainingDisplay.ShowWarnings(ml);
            IDataView images = ml.Data.LoadImageFolder(settings.Data!);
            var keys = ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(images);
            int fold = 0;
            foreach (var part in ml.Data.StratifiedFolds(images, settings.Folds))
            {
                bool done = _runs.TryGetValue((seed, ++fold), out FoldRun? run);
                run ??= new FoldRun(seed, fold, RunFold(ml, distilled, seed, fold, keys.Transform(part.TrainSet), keys.Transform(part.TestSet)));
                Screen.Title($"seed {seed}, fold {fold} of {settings.Folds}{(done ? ", from an earlier run" : "")}: teacher {Percent(run.Report.Teacher!)}, distilled {Percent(run.Report.Student)}{(run.Report.HardLabelStudent is { } hard ? $", hard labels {Percent(hard)}" : "")}");
                if (!done)
                {
                    _runs.Add((seed, fold), run);
                    Save(described);
                }
            }
        }
        DistillationReport report = Save(described);
        if (others.Length > 0)
            OutputFile.Write(MarkdownPath, unfinished => File.WriteAllText(unfinished, $"{report.ToMarkdown()}\n{RecipeTable.Write(described, [.. Asked], others)}"));
        return MarkdownPath;
    }

    private DistillationReport RunFold(MLContext ml, Student distilled, int seed, int fold, IDataView train, IDataView test)
    {
        var trainers = new Trainers(ml, settings, PretrainedStudent.ContinueFold(ml, settings, distilled, train, seed, fold, cancellation), cancellation);
        using TeacherTransformer teacher = TrainingDisplay.Run($"Teacher: {trainers.Teacher.Name}", progress => trainers.ForTeacher(progress).Fit(train));
        using SentimentTransformer student = TrainingDisplay.Run($"Student ({trainers.StudentName}), distilled", progress => trainers.ForStudent(progress, Teachers.FromModel(teacher), settings.Temperature).Fit(train));
        using SentimentTransformer? baseline = settings.LeavesOutHardLabels ? null : TrainingDisplay.Run($"Student ({trainers.PlainStudentName}), hard labels only", progress => trainers.ForHardLabels(progress).Fit(train));
        return ml.MulticlassClassification.EvaluateDistillation(test, student, teacher, baseline);
    }

    private DistillationReport Save(IReadOnlyDictionary<string, string> described)
    {
        var report = DistillationReport.Combine(Asked.Select(run => run.Report));
        new FoldsFile { Settings = described, Runs = [.. _runs.Values], Report = report }.Save(JsonPath);
        OutputFile.Write(MarkdownPath, unfinished => File.WriteAllText(unfinished, report.ToMarkdown()));
        report.SaveAsHtml(Path.Combine(settings.Output, "folds.html"), new()
        {
            Title = $"Emotion report: {settings.Folds} folds",
            Settings = settings.Describe(),
        });
        return report;
    }

    private static string Percent(ModelEvaluation model) => model.Accuracy.Value.ToString("0.0%", CultureInfo.InvariantCulture);
}
