using VisualSentiment.Quantization;

namespace VisualSentiment.Tests.Quantization;

public class ValueHistogramTests
{
    [Fact]
    public void Evenly_spread_numbers_use_the_whole_range()
    {
        var parameters = Histogram([.. Enumerable.Range(0, 10_000).Select(i => i / 1000f)]).FindParameters(nonNegative: true);

        Assert.Equal(0, parameters.ZeroPoint);
        Assert.Equal(10, parameters.Scale * 255, 0.1f);
    }

    [Fact]
    public void A_few_far_numbers_do_not_coarsen_the_rest()
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 1_000_000).Select(_ => (float)random.NextDouble()), 2f];

        Assert.InRange(Histogram(values).FindParameters(nonNegative: true).Scale * 255, 1, 1.2);
    }

    [Fact]
    public void Range_on_both_sides_of_zero_has_zero_as_a_byte()
    {
        var parameters = Histogram([.. Enumerable.Range(-1000, 4001).Select(i => i / 1000f)]).FindParameters(nonNegative: false);

        Assert.Equal(64, parameters.ZeroPoint, 1.0);
        Assert.Equal(-1, -parameters.ZeroPoint * parameters.Scale, 0.05f);
        Assert.Equal(3, (255 - parameters.ZeroPoint) * parameters.Scale, 0.05f);
    }

    [Fact]
    public void Negative_numbers_that_become_zero_take_no_part()
    {
        var parameters = Histogram([-100, -50, 0.5f, 1]).FindParameters(nonNegative: true);

        Assert.Equal(0, parameters.ZeroPoint);
        Assert.InRange(parameters.Scale * 255, 0.9f, 1.1f);
    }

    [Fact]
    public void Order_and_parts_make_no_difference()
    {
        float[] small = [0.001f, -0.003f, 0.002f], large = [700, -3, 12.5f];
        var first = Histogram(small);
        first.Add(Histogram(large));
        var second = Histogram([.. large, .. small]);

        Assert.Equal(second.FindParameters(false), first.FindParameters(false));
    }

    [Fact]
    public void Zeros_alone_have_a_range_too() =>
        Assert.Equal(new QuantizationParameters(1, 0), Histogram([0, 0, 0]).FindParameters(nonNegative: false));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Values_that_are_not_numbers_are_rejected(float value) => Assert.Throws<InvalidOperationException>(() => Histogram([1, value, 2]));

    private static ValueHistogram Histogram(float[] values)
    {
        var histogram = new ValueHistogram();
        histogram.Add(values);
        return histogram;
    }
}
