using VisualSentiment.Quantization;

namespace VisualSentiment.Tests.Quantization;

public class WeightQuantizerTests
{
    [Fact]
    public void Channels_have_scales_of_their_own()
    {
        var quantized = WeightQuantizer.Quantize([1, -0.5f, 0.01f, 0.02f], channels: 2, limit: 64);

        Assert.Equal([64, -32, 32, 64], quantized.Values.Select(value => (int)value));
        Assert.Equal(1 / 64f, quantized.Scales[0], 1e-6f);
        Assert.Equal(0.02f / 64, quantized.Scales[1], 1e-6f);
    }

    [Theory]
    [InlineData(WeightQuantizer.ConvolutionLimit)]
    [InlineData(WeightQuantizer.FloatLimit)]
    public void No_byte_is_beyond_the_limit_and_no_weight_off_by_more_than_half_a_step_unless_clipped(int limit)
    {
        var random = new Random(3);
        float[] weights = [.. Enumerable.Range(0, 900).Select(_ => (float)(random.NextDouble() + random.NextDouble() - 1))];

        var quantized = WeightQuantizer.Quantize(weights, channels: 9, limit);

        for (int i = 0; i < weights.Length; i++)
        {
            Assert.InRange(quantized.Values[i], -limit, limit);
            if (Math.Abs((int)quantized.Values[i]) < limit)
                Assert.InRange(Math.Abs(quantized[i] - weights[i]), 0, quantized.Scales[i / 100] * 0.5001);
        }
    }

    [Fact]
    public void Products_of_two_bytes_fit_into_sixteen_bits() =>
        Assert.True(2 * byte.MaxValue * WeightQuantizer.ConvolutionLimit <= short.MaxValue);

    [Fact]
    public void Bias_that_weights_are_small_against_still_fits()
    {
        var layer = QuantizedLayer.Create([1e-20f, 1e-20f], [5f, 0f], groups: 1, inputScale: 0.01f, [0]);

        Assert.Equal(5, layer.Bias[0] * 0.01 * layer.Weights.Scales[0], 1e-6);
    }

    [Fact]
    public void Mean_rounding_error_is_subtracted_from_the_bias()
    {
        float[] weights = [0.3f, 0.9f, 0.77f];
        double[] means = [10, 20, 30];

        var layer = QuantizedLayer.Create(weights, [1f], groups: 1, inputScale: 0.001f, means);

        double expected = 1 + weights.Zip(means, (w, mean) => w * mean).Sum();
        double actual = layer.Bias[0] * 0.001 * layer.Weights.Scales[0] + means.Select((mean, i) => layer.Weights[i] * mean).Sum();
        Assert.Equal(expected, actual, 1e-4);
    }
}
