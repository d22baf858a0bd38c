using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Common;
using VisualSentiment.Data;

namespace VisualSentiment.Distillation.Tuning;

/// <summary>
/// Cross-validates many candidates within a time budget: all on the first fold, the better half on the second, and so
/// on (Jamieson and Talwalkar 2016, with folds as the resource). The last two candidates get all remaining folds.
/// </summary>
internal static class SuccessiveHalving
{
    public static DistillationTuning Run(IDataView train, IReadOnlyList<KnowledgeDistillationOptions> candidates,
        int folds, TimeSpan? budget, IHostEnvironment environment)
    {
        using var log = environment.Start(nameof(VisualSentimentCatalog.TuneDistillation));
        var clock = Stopwatch.StartNew();
        var parts = StratifiedParts.Folds(
            train, folds, candidates[0].LabelColumnName, CatalogEnvironment.SeedOf(environment) ?? 0);
        List<double>[] accuracies = [.. candidates.Select(_ => new List<double>())];
        List<int> running = [.. Enumerable.Range(0, candidates.Count)];
        foreach (var fold in parts)
        {
            foreach (int candidate in running)
            {
                // All candidates need at least one fold to be compared.
                if (accuracies[candidate].Count > 0 && clock.Elapsed > budget)
                    return Conclude(candidates, accuracies);
                KnowledgeDistillationOptions options = candidates[candidate];
                var trainer = new KnowledgeDistillationTrainer(environment, options with { CheckpointFolder = null });
                using var student = trainer.Fit(fold.TrainSet);
                double accuracy = DistillationEvaluation.Run(fold.TestSet, student, teacher: null,
                    hardLabelStudent: null, pretrainedHardLabelStudent: null, options.LabelColumnName,
                    new() { MaxExamples = 0 }).Student.Accuracy.Value;
                accuracies[candidate].Add(accuracy);
                log.Info(MessageSensitivity.None, "candidate {0} of {1}, fold {2} of {3}: accuracy {4:0.000}",
                    candidate + 1, candidates.Count, accuracies[candidate].Count, folds, accuracy);
            }
            if (running.Count > 2)
                running = [.. running.OrderByDescending(candidate => accuracies[candidate].Average())
                    .ThenBy(candidate => candidate).Take((running.Count + 1) / 2)];
        }
        return Conclude(candidates, accuracies);
    }

    private static DistillationTuning Conclude(
        IReadOnlyList<KnowledgeDistillationOptions> candidates, List<double>[] accuracies)
    {
        DistillationTrial[] trials = [.. candidates
            .Zip(accuracies, (options, run) => new DistillationTrial(options, run))
            .OrderByDescending(trial => trial.Accuracies.Count).ThenByDescending(trial => trial.Accuracy)];
        return new DistillationTuning(trials[0].Options, trials);
    }
}
