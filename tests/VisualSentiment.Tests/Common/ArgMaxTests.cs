using VisualSentiment.Common;

namespace VisualSentiment.Tests.Common;

public class ArgMaxTests
{
    [Theory]
    [InlineData(new[] { 0.1f, 0.7f, 0.2f }, 1)]
    [InlineData(new[] { 0.5f, 0.5f }, 0)]
    [InlineData(new[] { float.NaN, 0.2f, 0.1f }, 1)]
    [InlineData(new[] { float.NaN, float.NegativeInfinity }, 1)]
    [InlineData(new[] { float.NaN, float.NaN }, -1)]
    [InlineData(new float[0], -1)]
    public void First_largest_number_wins(float[] scores, int winner) => Assert.Equal(winner, ArgMax.Of(scores));
}
