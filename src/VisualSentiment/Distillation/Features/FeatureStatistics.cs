using System.Numerics.Tensors;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Teaching;
using VisualSentiment.Training;

namespace VisualSentiment.Distillation.Features;

/// <summary>Mean and deviation of each of a backbone's features over images; of a map, of each channel over images and places.</summary>
internal sealed class FeatureStatistics
{
    // Enough for two digits of every mean.
    private const int MostImages = 4096;

    // A feature that hardly varies says nothing; its deviation is not divided by.
    private const float SmallestDeviation = 1e-3f;

    private readonly float[] _mean;
    private readonly float[] _deviation;

    private FeatureStatistics(float[] mean, float[] deviation)
    {
        _mean = mean;
        _deviation = deviation;
    }

    /// <summary>Computes them over the images that are trained on, or evenly many of a large set.</summary>
    public static FeatureStatistics Of(CachedBackbone backbone, TrainingSet set, TrainingRun run)
    {
        int[] images = [.. set.TrainingPart.Concat(set.Unlabeled).Order()];
        int count = Math.Min(images.Length, MostImages);
        double[] sum = new double[backbone.Width], squares = new double[backbone.Width];
        int[] looked = [.. Enumerable.Range(0, count).Select(i => images[(int)((long)i * images.Length / count)])];
        backbone.EmbedAll(looked, set.Pixels, (i, features) =>
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
        float[] deviation = [.. squares.Select((square, f) => (float)Math.Sqrt(Math.Max(0, square / count - sum[f] / count * (sum[f] / count))))];
        return new FeatureStatistics(mean, [.. deviation.Select(value => value < SmallestDeviation ? 1 : value)]);
    }

    // All places of a channel get the mean over them.
    private static void PoolChannels(CachedBackbone backbone, Span<double> values)
    {
        Span<double> rest = values[backbone.EmbeddingWidth..];
        foreach (BackboneMap map in backbone.Maps)
        {
            int places = map.Side * map.Side;
            for (int channel = 0; channel < map.Channels; channel++)
            {
                rest[..places].Fill(TensorPrimitives.Sum<double>(rest[..places]) / places);
                rest = rest[places..];
            }
        }
    }

    /// <summary>Shifts and scales the features of one image.</summary>
    public void Standardize(Span<float> features)
    {
        TensorPrimitives.Subtract(features, _mean, features);
        TensorPrimitives.Divide(features, _deviation, features);
    }
}
