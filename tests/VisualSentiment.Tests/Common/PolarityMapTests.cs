using VisualSentiment.Common;

namespace VisualSentiment.Tests.Common;

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
    [InlineData("sad", Polarity.Negative)]
    [InlineData("happiness", Polarity.Positive)]
    [InlineData("contempt", Polarity.Negative)]
    [InlineData("trust", Polarity.Positive)]
    [InlineData("anticipation", Polarity.Neutral)]
    [InlineData("neutral", Polarity.Neutral)]
    [InlineData("surprise", Polarity.Neutral)]
    [InlineData("Joy", Polarity.Positive)]
    public void The_emotions_of_ArtPhoto_and_Emotion6_have_polarities(string name, Polarity expected)
    {
        var map = new PolarityMap([name], null);

        Assert.Equal(expected, map[0]);
        Assert.Empty(map.Unknown);
    }

    [Fact]
    public void All_classes_of_ArtPhoto_count_for_polarity()
    {
        var map = new PolarityMap(["amusement", "anger", "awe", "contentment", "disgust", "excitement", "fear", "sad"], null);

        Assert.All(Enumerable.Range(0, 8), i => Assert.True(map.Counts(i)));
    }

    [Fact]
    public void An_unknown_name_is_neutral_and_listed()
    {
        var map = new PolarityMap(["joy", "melancholy", "surprise"], null);

        Assert.Equal(Polarity.Neutral, map[1]);
        Assert.Equal(["melancholy"], map.Unknown);
    }

    [Fact]
    public void The_side_with_the_larger_sum_wins_whatever_the_largest_class_is()
    {
        var map = new PolarityMap(["joy", "fear", "anger", "surprise"], null);
        float[] probabilities = [0.35f, 0.2f, 0.2f, 0.25f];

        Assert.True(map.IsCorrect(1, probabilities));
        Assert.False(map.IsCorrect(0, probabilities));
    }

    [Fact]
    public void A_tie_is_a_miss_for_both_sides()
    {
        var map = new PolarityMap(["joy", "fear"], null);

        Assert.False(map.IsCorrect(0, [0.5f, 0.5f]));
        Assert.False(map.IsCorrect(1, [0.5f, 0.5f]));
    }

    [Fact]
    public void Classes_of_one_polarity_only_have_no_polarity_accuracy() => Assert.False(new PolarityMap(["joy", "awe", "surprise"], null).Counts(0));

    [Fact]
    public void Custom_polarities_are_added_to_the_built_in_ones_and_take_precedence()
    {
        var map = new PolarityMap(["calm", "sad", "joy", "awe"], new Dictionary<string, Polarity> { ["calm"] = Polarity.Positive, ["awe"] = Polarity.Neutral });

        Assert.Equal([Polarity.Positive, Polarity.Negative, Polarity.Positive, Polarity.Neutral], Enumerable.Range(0, 4).Select(i => map[i]));
        Assert.Empty(map.Unknown);
    }
}
