using System.Numerics.Tensors;

namespace VisualSentiment.Quantization;

/// <summary>The statistics of a value [N, C, H, W] on the calibration images.</summary>
internal sealed class ValueStatistics
{
    private readonly double[][] _channelMeans;

    public ValueStatistics(int images) => _channelMeans = new double[images][];

    public ValueHistogram Histogram { get; } = new();

    /// <summary>The mean of each channel over all images and positions.</summary>
    public double[] ChannelMeans =>
        [.. Enumerable.Range(0, _channelMeans[0].Length).Select(c => _channelMeans.Average(means => means[c]))];

    /// <summary>Adds the values of an image. Thread-safe; the order of images does not matter.</summary>
    public void Add(int image, ReadOnlySpan<float> values, int channels)
    {
        var histogram = new ValueHistogram();
        histogram.Add(values);
        int positions = values.Length / channels;
        double[] means = new double[channels];
        for (int c = 0; c < channels; c++)
            means[c] = TensorPrimitives.Sum(values.Slice(c * positions, positions)) / positions;
        lock (Histogram)
        {
            Histogram.Add(histogram);
            _channelMeans[image] = means;
        }
    }
}
