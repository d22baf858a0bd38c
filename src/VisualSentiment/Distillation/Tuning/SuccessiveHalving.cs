using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Common;
using VisualSentiment.Data;
using VisualSentiment.Distillation.CrossValidation;

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
            using var teachers = new FoldTeachers(environment, fold.TrainSet);
            foreach (int candidate in running)
            {
                // All candidates need at least one fold to be compared.
                if (accuracies[candidate].Count > 0 && clock.Elapsed > budget)
                    return Conclude(candidates, accuracies, running);
                KnowledgeDistillationOptions options = candidates[candidate] with { CheckpointFolder = null };
                // Training on a validation set of its own is left to the candidate.
                if (options is { Loss.UsesTeacher: true, Teacher: TrainableTeacher teacher, ValidationSet: null })
                    options = options with { Teacher = Teachers.FromModel(teachers.Train(teacher, options)) };
                var trainer = new KnowledgeDistillationTrainer(environment, options);
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
        return Conclude(candidates, accuracies, running);
    }

    /// <summary>Sorts the candidates.</summary>
    /// <param name="candidates">The candidates.</param>
    /// <param name="accuracies">The accuracies of each candidate, at least one.</param>
    /// <param name="running">The candidates that were not excluded.</param>
    internal static DistillationTuning Conclude(IReadOnlyList<KnowledgeDistillationOptions> candidates,
        IReadOnlyList<double>[] accuracies, IReadOnlyCollection<int> running)
    {
        // The accuracies on different folds differ, so only those count that all running candidates have.
        int folds = running.Min(candidate => accuracies[candidate].Count);
        DistillationTrial[] trials = [.. Enumerable.Range(0, candidates.Count)
            .OrderByDescending(running.Contains)
            .ThenByDescending(candidate => Math.Min(accuracies[candidate].Count, folds))
            .ThenByDescending(candidate => accuracies[candidate].Take(folds).Average())
            .Select(candidate => new DistillationTrial(candidates[candidate], accuracies[candidate]))];
        return new DistillationTuning(trials[0].Options, trials);
    }
}
