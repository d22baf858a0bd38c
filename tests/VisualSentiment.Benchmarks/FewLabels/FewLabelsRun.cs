using System.Globalization;
using Microsoft.ML;

namespace VisualSentiment.Benchmarks.FewLabels;

/// <summary>
/// Measures what unlabeled images add: in each of five folds, a fifth of the training images is labeled, and the others
/// are used without their labels.
/// </summary>
internal static class FewLabelsRun
{
    private const int Folds = 5;
    private const double LabeledShare = 0.2, SelectionShare = 0.25;

    // The recipe's epochs suit all images; on a fifth of them, students on labels only may need more.
    private static readonly int[] LabelsOnlyEpochs = [15, 60];

    public static int Run(string data, int seed, string output, CancellationToken cancellation)
    {
        var ml = new MLContext(seed);
        string cache = Path.Combine(output, "cache");
        IDataView images = ml.Data.LoadImageFolder(data);
        List<DistillationReport> withUnlabeled = [], without = [];
        foreach (var (fold, part) in ml.Data.StratifiedFolds(images, Folds).Index())
        {
            var split = ml.Data.StratifiedSplit(part.TrainSet, testFraction: 1 - LabeledShare);
            IDataView labeled = split.TrainSet, test = part.TestSet;
            using TeacherTransformer teacher = ml.MulticlassClassification.Trainers.SentimentTeacher(new TeacherOptions
            {
                Teacher = Teachers.ResNet18(), CacheFolder = cache, CancellationToken = cancellation,
            }).Fit(labeled);
            KnowledgeDistillationOptions recipe = DistillationRecipes.Balanced with
            {
                Teacher = Teachers.FromModel(teacher), CacheFolder = cache, CancellationToken = cancellation,
            };
            using SentimentTransformer fewer = ml.Transforms.DistillSentiment(recipe).Fit(labeled);
            using SentimentTransformer student = ml.Transforms.DistillSentiment(recipe with
            {
                Unlabeled = new UnlabeledImages(split.TestSet),
            }).Fit(labeled);
            using SentimentTransformer random = FitLabelsOnly(ml, recipe.LabelsOnly(pretrained: false), labeled);
            using SentimentTransformer pretrained = FitLabelsOnly(ml, recipe.LabelsOnly(), labeled);
            withUnlabeled.Add(Evaluate(student));
            without.Add(Evaluate(fewer));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"fold {fold + 1} of {Folds}: teacher {withUnlabeled[^1].Teacher!.Accuracy.Value:P1}, with unlabeled images "
                + $"{withUnlabeled[^1].Student.Accuracy.Value:P1}, without {without[^1].Student.Accuracy.Value:P1}, labels "
                + $"only {withUnlabeled[^1].PretrainedHardLabelStudent!.Accuracy.Value:P1}"));

            DistillationReport Evaluate(SentimentTransformer distilled) => ml.MulticlassClassification.EvaluateDistillation(
                test, distilled, teacher, random, pretrainedHardLabelStudent: pretrained);
        }
        DistillationReport first = Write("with unlabeled images", withUnlabeled);
        IntervalEstimate gain = first.GainOver(Write("without unlabeled images", without));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"With minus without: {gain.Value:P1}, 95% interval {gain.Lower:P1} to {gain.Upper:P1}"));
        return 0;

        DistillationReport Write(string name, List<DistillationReport> folds)
        {
            DistillationReport report = DistillationReport.Combine(folds);
            Console.WriteLine($"{Environment.NewLine}# {name}{Environment.NewLine}{Environment.NewLine}{report.ToMarkdown()}");
            OutputFile.Write(Path.Combine(output, $"{name.Replace(' ', '-')}.md"), report.ToMarkdown());
            return report;
        }
    }

    // Selects the number of epochs on a quarter of the labeled images, and then trains on all of them.
    private static SentimentTransformer FitLabelsOnly(
        MLContext ml, KnowledgeDistillationOptions recipe, IDataView labeled)
    {
        var selection = ml.Data.StratifiedSplit(labeled, testFraction: SelectionShare);
        int best = LabelsOnlyEpochs.MaxBy(epochs =>
        {
            using SentimentTransformer student = Fit(epochs, selection.TrainSet);
            return ml.MulticlassClassification.EvaluateDistillation(selection.TestSet, student).Student.Accuracy.Value;
        });
        return Fit(best, labeled);

        SentimentTransformer Fit(int epochs, IDataView images) =>
            ml.Transforms.DistillSentiment(recipe with { Epochs = epochs }).Fit(images);
    }
}
