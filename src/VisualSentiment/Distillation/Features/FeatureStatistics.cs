using System.Numerics.Tensors;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Teaching;
using VisualSentiment.Training;
using VisualSentiment.Training.Gradients;

namespace VisualSentiment.Distillation.Features;

/// <summary>
/// The mean and standard deviation of each embedding element over images, and of each map channel over images and
/// positions.
/// </summary>
internal sealed class FeatureStatistics
{
    // Gives every mean an accuracy of about two digits.
    private const int MaxImages = 4096;

    // Almost constant features carry no information and are not scaled up.
    private const float MinDeviation = 1e-3f;

    private readonly float[] _mean;
    private readonly float[] _deviation;

    private FeatureStatistics(float[] mean, float[] deviation)
    {
        _mean = mean;
        _deviation = deviation;
    }

    /// <summary>
    /// Computes the statistics of the first view of the training images, which the training uses anyway, or of an even
    /// sample of a large set.
    /// </summary>
    public static FeatureStatistics Of(CachedBackbone backbone, TrainingSet set, TrainingViews views, TrainingRun run)
    {
        int[] images = [.. set.TrainingPart.Concat(set.Unlabeled).Order()];
        int count = Math.Min(images.Length, MaxImages);
        double[] sum = new double[backbone.Width], squares = new double[backbone.Width];
        int[] sample = [.. Enumerable.Range(0, count).Select(i => images[(int)((long)i * images.Length / count)])];
        backbone.EmbedAll(sample, views, (i, features) =>
        {
            for (int f = 0; f < features.Length; f++)
            {
                sum[f] += features[f];
                squares[f] += (double)features[f] * features[f];
            }
            run.Report(TrainingStage.Teaching, i + 1, count);
        }, run.CancellationToken);
        PoolChannels(backbone, sum);
        PoolChannels(backbone, squares);
        float[] mean = [.. sum.Select(value => (float)(value / count))];
        float[] deviation = [.. squares.Select((square, f) =>
            (float)Math.Sqrt(Math.Max(0, square / count - sum[f] / count * (sum[f] / count))))];
        return new FeatureStatistics(mean, [.. deviation.Select(value => value < MinDeviation ? 1 : value)]);
    }

    // Replaces the values of a channel with their mean.
    private static void PoolChannels(CachedBackbone backbone, Span<double> values)
    {
        Span<double> rest = values[backbone.EmbeddingWidth..];
        foreach (BackboneMap map in backbone.Maps)
        {
            int positions = map.Side * map.Side;
            for (int channel = 0; channel < map.Channels; channel++)
            {
                rest[..positions].Fill(TensorPrimitives.Sum<double>(rest[..positions]) / positions);
                rest = rest[positions..];
            }
        }
    }

    public void Standardize(Span<float> features)
    {
        TensorPrimitives.Subtract(features, _mean, features);
        TensorPrimitives.Divide(features, _deviation, features);
    }
}
