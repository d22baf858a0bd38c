using Microsoft.ML;
using VisualSentiment.Common;
using VisualSentiment.Distillation;
using VisualSentiment.LibTorch;
using VisualSentiment.Teaching;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Distillation;

/// <summary>Mixed images: what the teacher's logits are of, and which images are mixed.</summary>
public sealed class MixupTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 8);
    private readonly MLContext _ml = new(seed: 3);

    public MixupTests() => LibTorchBackend.EnsureLoaded();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData(0.75)]
    [InlineData(1)]
    public void The_loss_gets_the_teachers_logits_for_every_mixing_share(double share)
    {
        using var scope = NewDisposeScope();
        var loss = new Recorder();
        var batchLoss = new DistillationBatchLoss(loss, teacherLogits: null, new Fixed(), labels: tensor([0L, 1L]));
        var slice = new MicroBatch([new ImageView(0, 0), new ImageView(1, 0)], [new ImageView(1, 0), new ImageView(0, 0)], share);

        PixelObserver observer = Assert.IsType<PixelObserver>(batchLoss.GetPixelObserver(slice));
        observer(0, []);
        observer(1, []);
        batchLoss.Compute(zeros(2, 3), slice);

        Assert.All(loss.TeacherLogits, logits => Assert.Equal([1, 2, 3, 1, 2, 3], logits));
    }

    [Fact]
    public void Soft_targets_are_never_uniform_where_most_shares_round_to_one()
    {
        var loss = new Recorder();
        _ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = SmallNetworks.Teacher(), Student = SmallNetworks.Student, Loss = loss, Epochs = 10, BatchSize = 4,
            Augmentation = new() { Views = 1, Mixup = 0.01 },
        }).Fit(_images.Load(_ml)).Dispose();

        Assert.NotEmpty(loss.TeacherLogits);
        Assert.DoesNotContain(loss.TeacherLogits, logits => logits.Distinct().Count() == 1);
    }

    [Fact]
    public void Images_are_mixed_within_their_group_and_in_the_order_of_the_batch()
    {
        using var scope = NewDisposeScope();
        using TrainingSet set = SmallSets.Load(_images);
        using var log = CatalogEnvironment.Of(_ml.Data).Start("test");
        MicroBatch[] Steps(Func<int, long>? group)
        {
            using var seeded = SeededTorch.Begin(1);
            using var network = OwnedNetwork.Create(() => SmallNetworks.Normalized(3));
            var loss = new Slices();
            var run = new TrainingRun(log, null, Seed: 1, CancellationToken.None);
            var loop = new TrainingLoop(set, new TrainingSchedule(1, 8, 0.01), PixelNormalization.ImageNet, TrainingStage.TrainingStudent, run)
            {
                Random = seeded, Mixup = 0.4, MixGroupOf = group ?? (_ => 0),
            };
            loop.Fit(network.Module, loss);
            return [.. loss.Seen];
        }

        MicroBatch[] all = Steps(null), grouped = Steps(image => image % 3);

        Assert.Equal(3, all.Length);
        Assert.All(all, step => Assert.Equal([.. step.Views[1..], step.Views[0]], step.Others));
        Assert.Equal(all.Select(step => step.Share), grouped.Select(step => step.Share));
        Assert.All(grouped, step =>
        {
            Assert.Equal(step.Views.Select(view => view.Image % 3), step.Others.Select(view => view.Image % 3));
            Assert.Equal(step.Views.Order(Comparer), step.Others.Order(Comparer));
        });
    }

    [Fact]
    public void An_out_of_fold_teacher_lets_only_images_of_one_fold_be_mixed()
    {
        using TrainingSet set = SmallSets.Load(_images);
        using var log = CatalogEnvironment.Of(_ml.Data).Start("test");
        var run = new TrainingRun(log, null, Seed: 1, CancellationToken.None);
        var folds = Teachers.OutOfFold(SmallNetworks.Teacher(epochs: 1), folds: 3);
        using PreparedTeacher ready = folds.Prepare(set, run), together = Teachers.Ensemble(SmallNetworks.Teacher(epochs: 1), folds).Prepare(set, run);

        ILookup<long, int> groups = Enumerable.Range(0, set.Count).ToLookup(ready.MixGroupOf);

        Assert.Equal([8, 8, 8], groups.Select(group => group.Count()));
        Assert.DoesNotContain(ready.MixGroupOf(set.Count), groups.Select(group => group.Key));
        Assert.All(groups, group => Assert.Single(group.Select(together.MixGroupOf).Distinct()));
        Assert.Equal(3, Enumerable.Range(0, set.Count).Select(together.MixGroupOf).Distinct().Count());
    }

    private static Comparer<ImageView> Comparer { get; } = Comparer<ImageView>.Create((a, b) => a.Image.CompareTo(b.Image));

    private sealed class Recorder : DistillationLoss
    {
        public List<float[]> TeacherLogits { get; } = [];

        public override string Name => "recorder";

        public override Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels)
        {
            TeacherLogits.Add(teacherLogits.data<float>().ToArray());
            return (studentLogits - teacherLogits).square().mean();
        }
    }

    private sealed class Slices : IBatchLoss
    {
        public List<MicroBatch> Seen { get; } = [];

        public Tensor Compute(Tensor logits, MicroBatch slice)
        {
            Seen.Add(slice);
            return logits.square().mean();
        }
    }

    private sealed class Fixed() : PreparedTeacher(3)
    {
        public override void ComputeLogits(ReadOnlySpan<int> images, ReadOnlySpan<byte> pixels, Span<float> logits) =>
            ((ReadOnlySpan<float>)[1, 2, 3]).CopyTo(logits);

        public override void Dispose()
        {
        }
    }
}
