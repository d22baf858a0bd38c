using Microsoft.ML;
using VisualSentiment.Distillation.Tuning;

namespace VisualSentiment.Tests.Distillation.Tuning;

public class SuccessiveHalvingTests
{
    private static readonly KnowledgeDistillationOptions[] Candidates = [.. Enumerable.Range(0, 4).Select(i =>
        DistillationRecipes.Paper with { Recipe = $"{i}", Loss = DistillationLosses.HardLabels })];

    [Fact]
    public void Remaining_candidates_are_compared_on_the_folds_that_all_of_them_completed()
    {
        // The budget was spent after candidate 2 had completed the second fold, which is easier than the first.
        var tuning = SuccessiveHalving.Conclude(Candidates, [[0.3], [0.7], [0.6, 0.9], [0.1]], running: [2, 1]);

        Assert.Same(Candidates[1], tuning.Best);
        Assert.Equal(["1", "2", "0", "3"], tuning.Trials.Select(trial => trial.Options.Recipe));
        Assert.Equal([0.6, 0.9], tuning.Trials[1].Accuracies);
    }

    [Fact]
    public void Excluded_candidates_are_sorted_by_folds_and_accuracy()
    {
        var tuning = SuccessiveHalving.Conclude(Candidates, [[0.3], [0.8, 0.2], [0.6, 0.5], [0.9]], running: [2]);

        Assert.Equal(["2", "1", "3", "0"], tuning.Trials.Select(trial => trial.Options.Recipe));
    }

    [Fact]
    public void All_errors_are_listed_before_any_work()
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new { ImagePath = "awe/1.png", Label = "awe" } });

        string message = Assert.Throws<ArgumentException>(() => ml.MulticlassClassification.TuneDistillation(data,
            [Candidates[0], Candidates[0] with { LabelColumnName = "Mood", Epochs = 0 }],
            folds: 0, budget: TimeSpan.FromSeconds(-1))).Message;

        foreach (string error in (string[])
        [
            "The options have 4 errors:",
            "the candidates have different values of LabelColumnName: Label, Mood; use one",
            "candidate 2: Epochs is 0",
            "folds is 0; it must be at least 2",
            "budget is -00:00:01; it must be at least 0, or null for no limit",
        ])
            Assert.Contains(error, message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("candidates",
            () => ml.MulticlassClassification.TuneDistillation(data, [Candidates[0], null!]));
    }
}
