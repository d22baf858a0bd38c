using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Tests.Evaluation.Statistics;

public class WilsonIntervalTests
{
    // By hand: z^2 = 3.84146; (8 + 1.92073) / 13.84146 = 0.71674; half = 1.95996 / 13.84146 * sqrt(1.6 + 0.96036) = 0.22658.
    [Fact]
    public void Eight_of_ten_lie_between_49_and_94_percent()
    {
        var interval = WilsonInterval.Of(0.8, 10);

        Assert.Equal(0.8, interval.Value);
        Assert.Equal(0.49016, interval.Lower, 1e-5);
        Assert.Equal(0.94332, interval.Upper, 1e-5);
    }

    [Fact]
    public void The_interval_of_none_out_of_ten_extends_above_zero()
    {
        var interval = WilsonInterval.Of(0, 10);

        Assert.Equal(0, interval.Lower, 1e-12);
        Assert.Equal(3.84146 / 13.84146, interval.Upper, 1e-5); // z^2 / (n + z^2)
    }

    [Fact]
    public void Interval_of_ten_out_of_ten_ends_at_one() => Assert.Equal(1, WilsonInterval.Of(1, 10).Upper, 1e-12);
}
