using Microsoft.ML;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;
using static VisualSentiment.Tests.Support.ExportedModel;

namespace VisualSentiment.Tests.LibTorch;

/// <summary>The one random state of libtorch, between trainings, networks that are inspected, and the application.</summary>
public sealed class SeededTorchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DrawnImages _images = new(imagesPerClass: 4);
    private readonly TemporaryFolder _folder = new();

    public SeededTorchTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose()
    {
        _folder.Dispose();
        _images.Dispose();
    }

    [Fact]
    public void Fit_leaves_the_random_state_of_the_application_as_it_was() => AssertStateIsKept(() => Train(seed: 3));

    [Fact]
    public void Networks_that_are_inspected_leave_the_random_state_as_it_was()
    {
        string small = SaveSmallStudent();
        AssertStateIsKept(() =>
        {
            Students.Paper.CountParameters(8);
            Students.CompactSmall.CountMultiplyAdds(8);
            Students.CompactSmall.WithWeights(small);
        });
    }

    [Fact]
    public void A_network_that_is_inspected_does_not_wait_for_a_training()
    {
        string small = SaveSmallStudent();
        bool looked = false;
        // A listener may wait for another thread, such as that of a window.
        Train(seed: 3, _ => looked |= Task.Run(() =>
        {
            Students.Paper.CountParameters(8);
        }).Wait(Patience));

        Assert.True(looked);
    }

    [Fact]
    public void The_application_draws_its_own_numbers_between_the_steps_of_a_training()
    {
        using var scope = NewDisposeScope();
        float[] Draw() => rand(3).data<float>().ToArray();
        using (SeededTorch.Isolate(seed: 5))
            Assert.NotEmpty(Draw());
        float[][] expected;
        using (SeededTorch.Isolate(seed: 7))
            expected = [Draw(), Draw()];
        float[] ofTraining;
        using (SeededTorch.Isolate(seed: 1))
            ofTraining = [.. Draw(), .. Draw()];

        using (SeededTorch.Isolate(seed: 7))
        {
            using var training = SeededTorch.Begin(1);
            float[] first = Draw(), between, second;
            using (training.Pause())
                between = Draw();
            second = Draw();

            Assert.Equal(expected[0], between);
            Assert.Equal(ofTraining, first.Concat(second));
        }
    }

    [Fact]
    public async Task Concurrent_trainings_give_the_same_bytes_as_separate_ones()
    {
        byte[] first = Train(seed: 3), second = Train(seed: 4);
        CancellationToken token = TestContext.Current.CancellationToken;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        Task looking = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                Students.Paper.CountParameters(8);
        }, token);

        byte[][] together = await Task.WhenAll(Task.Run(() => Train(seed: 3), token), Task.Run(() => Train(seed: 4), token));
        await stop.CancelAsync();
        await looking;

        Assert.Equal(first, together[0]);
        Assert.Equal(second, together[1]);
    }

    private static void AssertStateIsKept(Action work)
    {
        manual_seed(11);
        using Tensor before = get_rng_state();
        work();
        using Tensor after = get_rng_state();
        Assert.Equal(before.bytes.ToArray(), after.bytes.ToArray());
    }

    private string SaveSmallStudent()
    {
        string path = _folder["small.safetensors"];
        Student student = Students.CompactSmall;
        using (OwnedNetwork network = student.Create(classes: 2))
            student.With(StudentWeights.Of(network.Module, student.FindHead(), features: null)).SaveWeights(path);
        return path;
    }

    // Dropout in teacher and student draws in every step.
    private byte[] Train(int seed, Action<TrainingProgress>? heard = null)
    {
        var ml = new MLContext(seed);
        return Export(ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = SmallNetworks.Teacher(epochs: 2),
            Student = Students.Custom("normalized", SmallNetworks.Normalized),
            Epochs = 4,
            BatchSize = 4,
            Device = TrainingDevice.Cpu,
            Progress = new Listener(progress =>
            {
                if (progress is { Stage: TrainingStage.TrainingStudent, Epoch: 1, Step: 1 })
                    heard?.Invoke(progress);
            }),
        }).Fit(_images.Load(ml)));
    }
}
