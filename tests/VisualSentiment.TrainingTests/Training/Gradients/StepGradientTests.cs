using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Networks;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training;
using VisualSentiment.Training.Gradients;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Training.Gradients;

/// <summary>The ways to compute a step's gradient: whole, image after image, several images at once.</summary>
public sealed class StepGradientTests : IDisposable
{
    private const int Classes = 3, Images = 9;

    private readonly DrawnImages _images = new(imagesPerClass: Images / Classes, classes: Classes);
    private readonly TrainingSet _set;
    private readonly SquaredLogits _loss = new();

    public StepGradientTests()
    {
        LibTorchBackend.EnsureLoaded();
        _set = SmallSets.Load(_images);
    }

    public void Dispose()
    {
        _set.Dispose();
        _images.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(Images)]
    public void Workers_compute_the_gradient_of_the_whole_batch(int workers)
    {
        using var scope = NewDisposeScope();
        var network = Network();
        var (expectedLoss, expected) = Compute(Whole(network), network);

        var (loss, gradients) = Compute(Parallel(network, workers), network);

        Assert.Equal(expectedLoss, loss, 1e-3);
        Assert.Equal(expected.Length, gradients.Length);
        Assert.All(expected.Zip(gradients), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Workers_compute_the_gradient_of_the_papers_student(int workers)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var network = PaperStudent.Create(Classes);
        ChannelsLast.Apply(network);
        double expectedLoss, loss;
        using (var gradient = new MicroBatchGradient(network, _loss, Batch(1)))
            expectedLoss = gradient.Compute(Step(), null);
        float[][] expected = GradientsByWeight(network);

        using (var gradient = Parallel(network, workers))
            loss = gradient.Compute(Step(), null);

        Assert.Equal(expectedLoss, loss, 1e-5 * expectedLoss);
        Assert.All(expected.Zip(GradientsByWeight(network)), pair =>
            Assert.InRange(pair.First.Zip(pair.Second).Max(values => Math.Abs(values.First - values.Second)), 0, 1e-4 * pair.First.Max(Math.Abs)));
    }

    [Fact]
    public void Images_one_after_another_give_the_gradient_of_the_whole_batch()
    {
        using var scope = NewDisposeScope();
        var network = Network();
        var (expectedLoss, expected) = Compute(Whole(network), network);

        var (loss, gradients) = Compute(new MicroBatchGradient(network, _loss, Batch(1)), network);

        Assert.Equal(expectedLoss, loss, 1e-3);
        Assert.All(expected.Zip(gradients), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void The_same_number_of_workers_gives_the_same_bits()
    {
        using var scope = NewDisposeScope();
        var network = Network();
        var (firstLoss, first) = Compute(Parallel(network, 3), network);

        for (int again = 0; again < 5; again++)
        {
            var (loss, gradients) = Compute(Parallel(network, 3), network);
            Assert.Equal(firstLoss, loss);
            Assert.Equal(first, gradients);
        }
    }

    [Fact]
    public void Workers_ask_the_loss_about_one_image_at_a_time_in_the_order_of_the_images()
    {
        using var scope = NewDisposeScope();
        var network = Network();

        Compute(Parallel(network, 4), network);

        Assert.Equal(Enumerable.Range(0, Images), _loss.Asked);
        Assert.False(_loss.AskedAtOnce);
    }

    [Fact]
    public void Each_step_starts_from_nothing()
    {
        using var scope = NewDisposeScope();
        var network = Network();
        using var gradient = Parallel(network, 2);
        gradient.Compute(Step(), null);
        float[] first = Gradients(network);

        gradient.Compute(Step(), null);

        Assert.Equal(first, Gradients(network));
    }

    [Fact]
    public void A_loss_that_fails_on_a_worker_is_an_exception_of_the_step()
    {
        using var scope = NewDisposeScope();
        var network = Network();
        using var gradient = Parallel(network, 3);
        _loss.FailsAt = 4;

        var failure = Assert.Throws<InvalidOperationException>(() => gradient.Compute(Step(), null));

        Assert.Equal("no loss of image 4", failure.Message);
    }

    [Fact]
    public void Images_that_were_made_ready_ahead_are_the_ones_of_the_next_step()
    {
        using var scope = NewDisposeScope();
        var network = Network();
        MicroBatch first = MicroBatch.Of(0, 1, 2), second = MicroBatch.Of(5, 8);
        double expected;
        using (var alone = Whole(network))
            expected = alone.Compute(second, null);

        using var gradient = Whole(network);
        gradient.Compute(first, second);

        Assert.Equal(expected, gradient.Compute(second, null));
    }

    [Fact]
    public void Threads_of_the_caller_and_of_others_stay_as_many_as_they_were()
    {
        int before = get_num_threads();
        using var scope = NewDisposeScope();
        var network = Network();

        Compute(Parallel(network, 2), network);
        Compute(Whole(network), network);

        int ofOthers = 0;
        var other = new Thread(() => ofOthers = get_num_threads());
        other.Start();
        other.Join();
        Assert.Equal((before, before), (get_num_threads(), ofOthers));
    }

    [Theory]
    [InlineData(12_000_000, 27, 20, 1)]
    [InlineData(12_000_000, 27, 64, 1)]
    [InlineData(12_000_000, 27, 256, 4)]
    [InlineData(4_100_000_000, 54, 20, 8)]
    [InlineData(0, 0, 20, 8)]
    public void Small_layers_get_fewer_threads(long multiplyAdds, int layers, int batchSize, int threads) =>
        Assert.Equal(threads, BatchGradient.ChooseThreads(new MultiplyAdds(multiplyAdds, layers), batchSize, threads: 8));

    private static nn.Module<Tensor, Tensor> Network()
    {
        manual_seed(4);
        var network = SmallNetworks.Plain(Classes);
        ChannelsLast.Apply(network);
        return network;
    }

    private static MicroBatch Step() => MicroBatch.Of(Enumerable.Range(0, Images));

    private PixelBatch Batch(int capacity) => new(new TrainingViews(_set.Pixels, null, 0), PixelNormalization.ImageNet, TorchSharp.DeviceType.CPU, capacity);

    private BatchGradient Whole(nn.Module<Tensor, Tensor> network) => new(network, _loss, () => Batch(Images), Images, TorchSharp.DeviceType.CPU);

    private ParallelGradient Parallel(nn.Module<Tensor, Tensor> network, int workers) => new(network, _loss, () => Batch(1), workers);

    private static (double Loss, float[] Gradients) Compute(StepGradient gradient, nn.Module<Tensor, Tensor> network)
    {
        using (gradient)
            return (gradient.Compute(Step(), null), Gradients(network));
    }

    private static float[] Gradients(nn.Module<Tensor, Tensor> network) => [.. GradientsByWeight(network).SelectMany(gradient => gradient)];

    private static float[][] GradientsByWeight(nn.Module<Tensor, Tensor> network) =>
        [.. network.parameters().Select(parameter => parameter.grad!.contiguous().data<float>().ToArray())];

    private sealed class SquaredLogits : IBatchLoss
    {
        private int _inside;

        public List<int> Asked { get; } = [];

        public bool AskedAtOnce { get; private set; }

        public int? FailsAt { get; set; }

        public Tensor Compute(Tensor logits, MicroBatch slice)
        {
            AskedAtOnce |= Interlocked.Increment(ref _inside) > 1;
            int image = slice.Views[0].Image;
            Asked.Add(image);
            if (FailsAt == image)
                throw new InvalidOperationException($"no loss of image {image}");
            Interlocked.Decrement(ref _inside);
            return logits.square().sum(1).mean();
        }
    }
}
