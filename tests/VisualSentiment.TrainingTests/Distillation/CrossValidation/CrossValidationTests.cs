using System.Text.RegularExpressions;
using Microsoft.ML;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Distillation.CrossValidation;

public sealed class CrossValidationTests : IDisposable
{
    private static readonly int[] Seeds = [4, 7];

    private readonly DrawnImages _images = new(imagesPerClass: 4, classes: 2);
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 3);
    private readonly TrainableTeacher _teacher = SmallNetworks.Teacher(epochs: 1);

    public CrossValidationTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose()
    {
        _folder.Dispose();
        _images.Dispose();
    }

    [Fact]
    public void Every_recipe_is_trained_on_every_fold_of_every_seed_as_by_hand()
    {
        IDataView data = _images.Load(_ml);
        int teachers = 0, students = 0;
        var counts = new Listener(progress =>
        {
            if (progress is { Stage: TrainingStage.TrainingTeacher, Epoch: 1, Step: 1 })
                teachers++;
            if (progress is { Stage: TrainingStage.TrainingStudent, Epoch: 1, Step: 1 })
                students++;
        });
        KnowledgeDistillationOptions soft = Soft() with { Progress = counts };
        KnowledgeDistillationOptions labels = Labels() with { Progress = counts };
        KnowledgeDistillationOptions cold = soft with { Recipe = "cold", Loss = DistillationLosses.SoftTarget(1) };

        var report = _ml.MulticlassClassification.CrossValidateDistillation(data, [soft, cold, labels], 2, Seeds);

        Assert.Equal((4, 8, 16), (report.Runs, report.Images, report.Tests));
        Assert.Equal((4, 12), (teachers, students));
        Assert.Equal(["cold", "labels"], report.Comparisons.Select(other => other.Recipe));
        Assert.Equal(report.HardLabelStudent!.Accuracy, report.Comparisons[1].Accuracy);
        Assert.Equal(report.GainOverHardLabels, report.Comparisons[1].Difference);
        Assert.Equal(4, report.Temperature);

        var softByHand = DistillationReport.Combine(RunByHand(data, soft));
        var labelsByHand = DistillationReport.Combine(RunByHand(data, labels));
        Assert.Equal(softByHand.Student.CrossEntropy, report.Student.CrossEntropy);
        Assert.Equal(softByHand.Teacher!.CrossEntropy, report.Teacher!.CrossEntropy);
        Assert.Equal(labelsByHand.Student.CrossEntropy, report.HardLabelStudent.CrossEntropy);
        Assert.Equal(softByHand.GainOver(labelsByHand), report.GainOverHardLabels);
    }

    [Fact]
    public void A_canceled_cross_validation_continues_in_its_folder_with_the_same_report()
    {
        IDataView data = _images.Load(_ml);
        string whole = _folder["whole"], stopped = _folder["stopped"];
        var uninterrupted = CrossValidate(data, whole);
        using var stop = new CancellationTokenSource();
        int started = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => CrossValidate(data, stopped, new Listener(progress =>
        {
            if (IsStart(progress) && ++started == 6)
                stop.Cancel();
        }), stop));
        string[] done = RunFiles(stopped);
        DateTime[] written = [.. done.Select(File.GetLastWriteTimeUtc)];
        Assert.Equal(5, done.Length);
        Assert.False(File.Exists(Path.Combine(stopped, "report.json")));

        started = 0;
        var resumed = CrossValidate(data, stopped, new Listener(progress => started += IsStart(progress) ? 1 : 0));

        Assert.Equal(3, started);
        Assert.Equal(written, done.Select(File.GetLastWriteTimeUtc));
        Assert.Equal(uninterrupted.ToMarkdown(), resumed.ToMarkdown());
        foreach (string file in (string[])["report.json", "report.md"])
            Assert.Equal(WithoutTimes(Path.Combine(whole, file)), WithoutTimes(Path.Combine(stopped, file)));
        Assert.Contains("<title>soft: 2 folds, seeds 4, 7</title>",
            File.ReadAllText(Path.Combine(stopped, "report.html")), StringComparison.Ordinal);
        Assert.Equal(8 + 3, Directory.GetFiles(stopped).Length);

        CrossValidate(data, stopped, new Listener(_ => Assert.Fail("A run was trained again.")));
    }

    [Fact]
    public void Recipes_and_seeds_can_be_added_to_a_folder_but_settings_cannot_change()
    {
        IDataView data = _images.Load(_ml);
        string folder = _folder["folder"];
        int started = 0;
        var counts = new Listener(progress => started += IsStart(progress) ? 1 : 0);
        KnowledgeDistillationOptions soft = Soft() with { Progress = counts };
        DistillationReport Run(IDataView images, int[] seeds, params KnowledgeDistillationOptions[] recipes) =>
            _ml.MulticlassClassification.CrossValidateDistillation(images, recipes, folds: 2, seeds, folder);
        Run(data, [4], soft);
        Assert.Equal(2, Run(data, [4], Labels(), soft).Runs);
        Assert.Equal(4, Run(data, Seeds, soft).Runs);
        Assert.Equal(4, started);

        var e = Assert.Throws<InvalidOperationException>(() => Run(data, [4], soft with { Epochs = 2 }));
        Assert.Contains("  - recipe 'soft', epochs: 1 in the folder, 2 now", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("batch size", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<InvalidOperationException>(() => Run(_ml.Data.SkipRows(data, 1), [4], soft));
        Assert.Matches(
            "'soft', images: 8 with hash [0-9a-f]{16} in the folder, 7 with hash [0-9a-f]{16} now", e.Message);
        e = Assert.Throws<InvalidOperationException>(
            () => Run(data, [4], soft with { Teacher = SmallNetworks.Teacher(epochs: 2) }));
        Assert.Contains("teacher: normalized (weights random, epochs 1,", e.Message, StringComparison.Ordinal);
        IDataView photos = _ml.Transforms.CopyColumns("Photo", "ImagePath").Fit(data).Transform(data);
        e = Assert.Throws<InvalidOperationException>(() => Run(photos, [4], soft with { ImageColumnName = "Photo" }));
        Assert.Contains("'soft', image column: ImagePath in the folder, Photo now", e.Message, StringComparison.Ordinal);
        string run = Path.Combine(folder, "seed4-fold1-soft.json");
        File.WriteAllText(run, Regex.Replace(File.ReadAllText(run), "(\"library version\": \")[^\"]*", "${1}0.0"));
        e = Assert.Throws<InvalidOperationException>(() => Run(data, [4], soft));
        Assert.Contains("'soft', library version: 0.0 in the folder, ", e.Message, StringComparison.Ordinal);
        Assert.Equal(4, started);
    }

    [Fact]
    public void A_recipe_on_labels_needs_no_teacher_and_a_trained_model_is_evaluated()
    {
        IDataView data = _images.Load(_ml);
        MulticlassClassificationCatalog catalog = _ml.MulticlassClassification;
        using var trained = catalog.Trainers.SentimentTeacher("Label", "ImagePath", _teacher).Fit(data);

        var labels = catalog.CrossValidateDistillation(data, [Labels(), Labels() with { Recipe = "again" }], folds: 2);
        var soft = catalog.CrossValidateDistillation(
            data, [Soft() with { Teacher = Teachers.FromModel(trained) }], folds: 2);

        Assert.Null(labels.Teacher);
        Assert.Null(labels.HardLabelStudent);
        Assert.Equal(new IntervalEstimate(0, 0, 0), Assert.Single(labels.Comparisons).Difference);
        Assert.NotNull(soft.Teacher);
        Assert.Empty(soft.Comparisons);
    }

    [Fact]
    public void Labels_only_from_random_and_from_pretrained_weights_are_told_apart_in_any_order()
    {
        IDataView data = _images.Load(_ml);
        using var first = _ml.Transforms.DistillSentiment(Labels()).Fit(data);
        KnowledgeDistillationOptions soft = Soft() with { Student = first.Student! };

        var report = _ml.MulticlassClassification.CrossValidateDistillation(
            data, [soft, Labels() with { Student = Students.Paper }, soft.LabelsOnly(), soft.LabelsOnly(pretrained: false)], 2);

        Assert.Equal(["labels", "labels only, pretrained", "labels only"], report.Comparisons.Select(other => other.Recipe));
        Assert.Equal(report.Comparisons[1].Accuracy, report.PretrainedHardLabelStudent!.Accuracy);
        Assert.Equal(report.Comparisons[2].Accuracy, report.HardLabelStudent!.Accuracy);
        Assert.Equal(report.Comparisons[1].Difference, report.GainOverPretrainedHardLabels);
        Assert.Equal(report.Comparisons[2].Difference, report.GainOverHardLabels);
    }

    private static bool IsStart(TrainingProgress progress) =>
        progress is { Stage: TrainingStage.TrainingStudent, Epoch: 1, Step: 1 };

    private static string[] RunFiles(string folder) =>
        [.. Directory.GetFiles(folder, "seed*.json").Order(StringComparer.Ordinal)];

    private static string WithoutTimes(string path) =>
        Regex.Replace(File.ReadAllText(path), "\"Elapsed\": \"[^\"]*\"", "");

    private DistillationReport CrossValidate(IDataView data, string folder,
        IProgress<TrainingProgress>? progress = null, CancellationTokenSource? stop = null)
    {
        CancellationToken cancellation = stop?.Token ?? TestContext.Current.CancellationToken;
        return _ml.MulticlassClassification.CrossValidateDistillation(data,
            [
                Soft() with { Progress = progress, CancellationToken = cancellation },
                Labels() with { Progress = progress, CancellationToken = cancellation },
            ], folds: 2, Seeds, folder);
    }

    private IEnumerable<DistillationReport> RunByHand(IDataView data, KnowledgeDistillationOptions options)
    {
        foreach (int seed in Seeds)
            foreach (var part in _ml.Data.StratifiedFolds(data, 2, seed: seed))
            {
                using var teacher = _ml.MulticlassClassification.Trainers
                    .SentimentTeacher(new() { Teacher = _teacher, Seed = seed }).Fit(part.TrainSet);
                using var student = _ml.Transforms.DistillSentiment(options with
                {
                    Seed = seed,
                    Teacher = options.Teacher is null ? null : Teachers.FromModel(teacher),
                    Progress = null,
                }).Fit(part.TrainSet);
                yield return _ml.MulticlassClassification.EvaluateDistillation(part.TestSet, student, teacher);
            }
    }

    private KnowledgeDistillationOptions Soft() => Labels() with
    {
        Recipe = "soft", Teacher = _teacher, Loss = DistillationLosses.SoftTarget(),
    };

    private static KnowledgeDistillationOptions Labels() => DistillationRecipes.Paper with
    {
        Recipe = "labels",
        Loss = DistillationLosses.HardLabels,
        Student = SmallNetworks.Student,
        Epochs = 1,
        BatchSize = 2,
        LearningRate = 0.02,
    };
}
