using VisualSentiment.Reporting;

namespace VisualSentiment.Tests.Reporting;

public class PolarityMapTests
{
    [Theory]
    [InlineData("amusement", Polarity.Positive)]
    [InlineData("awe", Polarity.Positive)]
    [InlineData("contentment", Polarity.Positive)]
    [InlineData("excitement", Polarity.Positive)]
    [InlineData("joy", Polarity.Positive)]
    [InlineData("anger", Polarity.Negative)]
    [InlineData("disgust", Polarity.Negative)]
    [InlineData("fear", Polarity.Negative)]
    [InlineData("sadness", Polarity.Negative)]
    [InlineData("surprise", Polarity.Neutral)]
    [InlineData("Joy", Polarity.Positive)]
    [InlineData("melancholy", Polarity.Neutral)]
    public void The_emotions_of_ArtPhoto_and_Emotion6_are_known_by_name(string name, Polarity expected) =>
        Assert.Equal(expected, new PolarityMap([name], null)[0]);

    [Fact]
    public void The_side_with_the_larger_sum_wins_whatever_the_largest_class_is()
    {
        var map = new PolarityMap(["joy", "fear", "anger", "surprise"], null);
        float[] probabilities = [0.35f, 0.2f, 0.2f, 0.25f];

        Assert.True(map.IsRight(1, probabilities));
        Assert.False(map.IsRight(0, probabilities));
    }

    [Fact]
    public void A_tie_is_a_miss_for_both_sides()
    {
        var map = new PolarityMap(["joy", "fear"], null);

        Assert.False(map.IsRight(0, [0.5f, 0.5f]));
        Assert.False(map.IsRight(1, [0.5f, 0.5f]));
    }

    [Fact]
    public void Classes_on_one_side_only_are_not_asked_about() => Assert.False(new PolarityMap(["joy", "awe", "surprise"], null).Counts(0));

    [Fact]
    public void A_map_of_ones_own_replaces_the_known_one()
    {
        var map = new PolarityMap(["calm", "rage", "joy"], new Dictionary<string, Polarity> { ["calm"] = Polarity.Positive, ["rage"] = Polarity.Negative });

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(map.Counts));
    }
}
