using System.Numerics.Tensors;

namespace VisualSentiment.Onnx.Quantization;

/// <summary>What calibration saw of a value [N, C, H, W].</summary>
internal sealed class ValueStatistics
{
    private readonly double[][] _channelMeans;

    public ValueStatistics(int pictures) => _channelMeans = new double[pictures][];

    public ValueHistogram Histogram { get; } = new();

    /// <summary>The mean of each channel over all pictures and positions.</summary>
    public double[] ChannelMeans => [.. Enumerable.Range(0, _channelMeans[0].Length).Select(c => _channelMeans.Average(means => means[c]))];

    /// <summary>Thread-safe; the order of pictures makes no difference.</summary>
    public void Add(int picture, ReadOnlySpan<float> values, int channels)
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
            _channelMeans[picture] = means;
        }
    }
}
