using Microsoft.ML;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Distillation.Tuning;

public sealed class TuningTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 8);
    private readonly MLContext _ml = new(seed: 3);

    public TuningTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Candidates_that_learn_are_chosen_over_those_that_cannot()
    {
        var learns = Options(learningRate: 0.02, epochs: 15);

        var tuning = _ml.MulticlassClassification.TuneDistillation(_images.Load(_ml),
            [Options(1e-9, 1), Options(1e-8, 1), learns, Options(1e-7, 1)], folds: 3);

        Assert.Same(learns, tuning.Best);
        Assert.Equal([3, 3, 1, 1], tuning.Trials.Select(trial => trial.Accuracies.Count));
        Assert.True(tuning.Trials[0].Accuracy > tuning.Trials[^1].Accuracy);
    }

    [Fact]
    public void With_a_spent_budget_every_candidate_is_run_once()
    {
        var tuning = _ml.MulticlassClassification.TuneDistillation(_images.Load(_ml), [Options(0.01, 1), Options(0.02, 1)], budget: TimeSpan.Zero);

        Assert.Equal([1, 1], tuning.Trials.Select(trial => trial.Accuracies.Count));
    }

    [Fact]
    public void Candidates_are_checked_before_any_is_trained()
    {
        IDataView data = _images.Load(_ml);

        Assert.Contains("there are no candidates", Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.TuneDistillation(data, [])).Message, StringComparison.Ordinal);
        Assert.Contains("candidate 2: Epochs is 0", Assert.Throws<ArgumentException>(
            () => _ml.MulticlassClassification.TuneDistillation(data, [Options(0.01, 1), Options(0.01, 0)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Candidates_with_the_same_teacher_share_its_training()
    {
        int teachers = 0;
        KnowledgeDistillationOptions soft = Options(0.02, 1) with
        {
            Teacher = SmallNetworks.Teacher(epochs: 1),
            Loss = DistillationLosses.SoftTarget(),
            Progress = new Listener(step => teachers += step is { Stage: TrainingStage.TrainingTeacher, Epoch: 1, Step: 1 } ? 1 : 0),
        };

        _ml.MulticlassClassification.TuneDistillation(_images.Load(_ml), [soft, soft with { Loss = DistillationLosses.SoftTarget(1) }], folds: 2);

        Assert.Equal(2, teachers);
    }

    private static KnowledgeDistillationOptions Options(double learningRate, int epochs) => DistillationRecipes.Paper with
    {
        Loss = DistillationLosses.HardLabels, Student = SmallNetworks.Student, LearningRate = learningRate, Epochs = epochs, BatchSize = 8,
    };
}
