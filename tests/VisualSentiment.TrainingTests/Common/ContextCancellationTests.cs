using System.Runtime.CompilerServices;
using Microsoft.ML;
using VisualSentiment.LibTorch;
using VisualSentiment.Tests.Support;
using static VisualSentiment.Tests.Support.ExportedModel;

namespace VisualSentiment.Tests.Common;

/// <summary>ML.NET cancels a context, as AutoML does when its time is up.</summary>
public sealed class ContextCancellationTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 5);
    private readonly TemporaryFolder _folder = new();

    public ContextCancellationTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose()
    {
        _folder.Dispose();
        _images.Dispose();
    }

    [Theory]
    [InlineData(TrainingStage.Decoding)]
    [InlineData(TrainingStage.TrainingTeacher)]
    [InlineData(TrainingStage.TrainingStudent)]
    public void Fit_stops_at_the_next_step_of_any_stage(TrainingStage stage)
    {
        var ml = new MLContext(seed: 3);
        int steps = 0;
        var options = Options(step =>
        {
            if (step.Stage != stage)
                return;
            Interlocked.Increment(ref steps);
            CancelAndWait(ml);
        });

        Assert.Throws<OperationCanceledException>(() => ml.Transforms.DistillSentiment(options).Fit(_images.Load(ml)));

        // Decoding has a step under way on every core.
        Assert.InRange(steps, 1, stage == TrainingStage.Decoding ? Environment.ProcessorCount : 1);
    }

    [Fact]
    public void Teachers_Fit_stops()
    {
        var ml = new MLContext(seed: 3);
        var trainer = ml.MulticlassClassification.Trainers.SentimentTeacher(
            new TeacherOptions { Teacher = SmallNetworks.Teacher(), Progress = new Listener(_ => CancelAndWait(ml)) });

        Assert.Throws<OperationCanceledException>(() => trainer.Fit(_images.Load(ml)));
    }

    [Fact]
    public void Checkpoint_of_a_canceled_run_is_used_by_the_next()
    {
        byte[] uninterrupted = Export(Fit(new MLContext(seed: 3), Options(_ => { })));
        var canceled = new MLContext(seed: 3);
        Assert.Throws<OperationCanceledException>(() => Fit(canceled, Options(step =>
        {
            if (step is { Stage: TrainingStage.TrainingStudent, Epoch: 3 })
                CancelAndWait(canceled);
        }) with { CheckpointFolder = _folder["checkpoints"] }));
        List<int> epochs = [];

        byte[] resumed = Export(Fit(new MLContext(seed: 3), Options(step =>
        {
            if (step.Stage == TrainingStage.TrainingStudent)
                epochs.Add(step.Epoch);
        }) with { CheckpointFolder = _folder["checkpoints"] }));

        Assert.Equal(uninterrupted, resumed);
        Assert.Equal([3, 4], epochs.Distinct());
    }

    [Fact]
    public void Context_that_was_canceled_before_trains_nothing()
    {
        var ml = new MLContext(seed: 3);
        IDataView data = _images.Load(ml);
        CancelExecution(ml);

        Assert.Throws<OperationCanceledException>(() => Fit(ml, Options(_ => Assert.Fail("a step was made")), data));
    }

    [Fact]
    public void Cancellation_by_the_options_has_their_token()
    {
        using var stop = new CancellationTokenSource();
        var options = Options(_ => stop.Cancel()) with { CancellationToken = stop.Token };

        var error = Assert.Throws<OperationCanceledException>(() => Fit(new MLContext(seed: 3), options));

        Assert.Equal(stop.Token, error.CancellationToken);
    }

    private SentimentTransformer Fit(MLContext ml, KnowledgeDistillationOptions options, IDataView? data = null) =>
        ml.Transforms.DistillSentiment(options).Fit(data ?? _images.Load(ml));

    private static KnowledgeDistillationOptions Options(Action<TrainingProgress> hear) => DistillationRecipes.Paper with
    {
        Teacher = SmallNetworks.Teacher(epochs: 1),
        Student = SmallNetworks.Student,
        Epochs = 4,
        BatchSize = 5,
        Progress = new Listener(hear),
    };

    // The flag is polled.
    private static void CancelAndWait(MLContext ml)
    {
        CancelExecution(ml);
        Thread.Sleep(500);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void CancelExecution(MLContext ml);
}
