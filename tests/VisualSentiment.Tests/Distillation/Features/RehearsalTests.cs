using Microsoft.ML;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Distillation.Features;

/// <summary>What a student has learned of other pictures is rehearsed while it learns the features of a few.</summary>
public sealed class RehearsalTests() : FeatureTests(picturesPerClass: 8, PooledBackbone.Write)
{
    private const int All = 24, Few = 8;

    private IDataView FewPictures => Ml.Data.LoadUnlabeledImages(Path.Combine(Pictures, "calm"));

    private IDataView AllPictures => Ml.Data.LoadUnlabeledImages(Pictures);

    [Fact]
    public void What_is_rehearsed_is_not_forgotten()
    {
        Student before = Learn(AllPictures, Options(epochs: 25));
        StudentPretrainingOptions few = Options(epochs: 25) with { Student = before };

        double forgotten = LossOverAll(Learn(FewPictures, few)), rehearsed = LossOverAll(Learn(FewPictures, few with { RehearsedImages = AllPictures }));

        Assert.True(rehearsed < 0.7 * forgotten, $"{rehearsed:0.000} with rehearsal, {forgotten:0.000} without");
    }

    [Theory]
    [InlineData(0.5, 2 * Few)]
    [InlineData(0.2, Few + 2)]
    public void A_share_of_every_epoch_is_rehearsed(double share, int pictures)
    {
        int steps = 0;

        Learn(FewPictures, Options(epochs: 1) with
        {
            RehearsedImages = AllPictures, RehearsedShare = share, BatchSize = 1,
            Progress = new Listener(step => { if (step.Stage == TrainingStage.PretrainingStudent) steps = step.Steps; }),
        });

        Assert.Equal(pictures, steps);
    }

    [Fact]
    public void A_stopped_run_goes_on_to_the_same_weights_and_another_share_is_refused()
    {
        StudentPretrainingOptions options = Options(epochs: 4) with
        {
            RehearsedImages = AllPictures, CheckpointFolder = Folder["checkpoints"], CacheFolder = Folder["cache"], Augmentation = new ImageAugmentation { Views = 3 },
        };
        string uninterrupted = Learn(FewPictures, options with { CheckpointFolder = null, CacheFolder = null }).Name;
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => Learn(FewPictures, options with
        {
            CancellationToken = stop.Token,
            Progress = new Listener(step => { if (step.Stage == TrainingStage.PretrainingStudent && step.Epoch == 3) stop.Cancel(); }),
        }));

        Assert.Contains("rehearsed", Assert.Throws<InvalidOperationException>(() => Learn(FewPictures, options with { RehearsedShare = 0.4 })).Message, StringComparison.Ordinal);
        Assert.Equal(uninterrupted, Learn(FewPictures, options).Name);
    }

    [Fact]
    public void Mistakes_are_named_together()
    {
        var options = Assert.Throws<ArgumentException>(() => Learn(FewPictures, Options(epochs: 1) with { RehearsedShare = 1, RehearsedViews = 0 })).Message;
        Assert.Contains("RehearsedShare is 1; it must be above 0 and below 1", options, StringComparison.Ordinal);
        Assert.Contains("RehearsedViews is 0; it must be at least 1", options, StringComparison.Ordinal);

        IDataView other = Ml.Data.LoadFromEnumerable(new[] { new { Picture = "a.png" } });
        Assert.Contains("the pictures that are rehearsed: ",
            Assert.Throws<TrainingDataException>(() => Learn(FewPictures, Options(epochs: 1) with { RehearsedImages = other })).Message, StringComparison.Ordinal);
    }

    private Student Learn(IDataView pictures, StudentPretrainingOptions options) => Ml.MulticlassClassification.PretrainStudent(pictures, options);

    // The loss of one epoch at a rate far too low to learn anything.
    private double LossOverAll(Student student)
    {
        double loss = 0;
        Learn(AllPictures, Options(epochs: 1) with
        {
            Student = student, LearningRate = 1e-9, BatchSize = All,
            Progress = new Listener(step => { if (step.Stage == TrainingStage.PretrainingStudent && step.Step == step.Steps) loss = step.Loss; }),
        });
        return loss;
    }

    private StudentPretrainingOptions Options(int epochs) => new()
    {
        Teacher = Teachers.Onnx(Backbone), Student = SmallNetworks.Patches, Epochs = epochs, BatchSize = 8, LearningRate = 0.02, Augmentation = null,
    };
}
