using VisualSentiment.LibTorch;
using VisualSentiment.Teaching;

namespace VisualSentiment.Tests.Teaching;

public class DenseHeadTests
{
    private const int Count = 90, Width = 4, Classes = 3;

    public DenseHeadTests() => LibTorchBackend.EnsureLoaded();

    [Theory]
    [InlineData(true, 0.01)]
    [InlineData(false, 1)]
    public void Embeddings_that_separate_the_classes_get_the_least_weight_decay_and_noise_the_most(bool separate, double expected)
    {
        var random = new Random(3);
        int[] labels = [.. Enumerable.Range(0, Count).Select(i => i % Classes)];
        float[] embeddings = [.. Enumerable.Range(0, Count * Width).Select(k =>
            random.NextSingle() + (separate && k % Width == labels[k / Width] ? 3 : 0))];

        Assert.Equal(expected, DenseHead.ChooseWeightDecay(
            embeddings, labels, Classes, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void One_image_per_class_gets_the_most_weight_decay() =>
        Assert.Equal(1, DenseHead.ChooseWeightDecay([.. Enumerable.Range(0, Classes * Width)], [0, 1, 2], Classes,
            TestContext.Current.CancellationToken));

    [Fact]
    public void Training_is_canceled() => Assert.Throws<OperationCanceledException>(
        () => DenseHead.Fit(new float[3 * Width], [0, 1, 2], Classes, weightDecay: 1, new CancellationToken(true)));
}
