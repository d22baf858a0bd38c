using VisualSentiment.Evaluation;

namespace VisualSentiment.Tests.Evaluation;

public class SoftTargetEntropyTests
{
    [Fact]
    public void Equal_probabilities_have_the_maximum_entropy() => Assert.Equal(1, Entropy(1, [0.25f, 0.25f, 0.25f, 0.25f])!.Value, 1e-12);

    [Fact]
    public void A_certain_teacher_has_no_entropy_at_any_temperature() => Assert.Equal(0, Entropy(4, [1, 0, 0])!.Value, 1e-12);

    [Fact]
    public void Half_of_the_classes_have_half_of_the_entropy_of_four() => Assert.Equal(0.5, Entropy(3, [0.5f, 0.5f, 0, 0])!.Value, 1e-12);

    // 0.8 and 0.2 have logits that differ by ln 4; at T = 2 by ln 2: 2/3 and 1/3.
    [Fact]
    public void Temperature_divides_the_logits()
    {
        double expected = (2.0 / 3 * Math.Log(1.5) + 1.0 / 3 * Math.Log(3)) / Math.Log(2);

        Assert.Equal(expected, Entropy(2, [0.8f, 0.2f])!.Value, 1e-7);
    }

    [Fact]
    public void Images_count_the_same() => Assert.Equal(0.5, Entropy(1, [1, 0], [0.5f, 0.5f])!.Value, 1e-12);

    [Fact]
    public void Tiny_temperatures_do_not_underflow() => Assert.Equal(0, Entropy(1e-6, [0.4f, 0.3f, 0.3f])!.Value, 1e-12);

    [Fact]
    public void Entropy_is_unknown_before_the_first_image() => Assert.Null(Entropy(1));

    private static double? Entropy(double temperature, params float[][] images)
    {
        var entropy = new SoftTargetEntropy();
        foreach (float[] probabilities in images)
            entropy.Add(probabilities, temperature);
        return entropy.Mean;
    }
}
