using System.Text.Json;

namespace VisualSentiment.Tests.Inference;

public class SentimentPredictionTests
{
    private static readonly SentimentPrediction Prediction =
        new(new OrderedDictionary<string, float> { ["fear"] = 0.25f, ["awe"] = 0.7f, ["anger"] = 0.05f });

    [Fact]
    public void The_most_probable_emotion_is_found_and_the_order_of_scores_is_kept()
    {
        Assert.Equal(("awe", 0.7f), (Prediction.Emotion, Prediction.Confidence));
        Assert.Equal(["fear", "awe", "anger"], Prediction.Scores.Keys);
        Assert.Equal(0.25f, Prediction["fear"]);
    }

    [Fact]
    public void The_first_of_equally_probable_emotions_wins_as_in_a_model() =>
        Assert.Equal(new SentimentPrediction(["awe", "fear"], [0.5f, 0.5f]).Emotion, new SentimentPrediction(new OrderedDictionary<string, float> { ["awe"] = 0.5f, ["fear"] = 0.5f }).Emotion);

    [Fact]
    public void Json_has_the_emotion_its_confidence_and_the_scores() => Assert.Equal(
        """{"Emotion":"awe","Confidence":0.7,"Scores":{"fear":0.25,"awe":0.7,"anger":0.05}}""", JsonSerializer.Serialize(Prediction));

    [Fact]
    public void Json_round_trips_with_default_and_with_web_options()
    {
        float third = 1f / 3;
        var prediction = new SentimentPrediction(["a", "b", "c"], [third, 0.1f, 1 - third - 0.1f]);

        Assert.Equal(prediction, JsonSerializer.Deserialize<SentimentPrediction>(JsonSerializer.Serialize(prediction)));
        Assert.Equal(prediction, JsonSerializer.Deserialize<SentimentPrediction>(
            JsonSerializer.Serialize(prediction, JsonSerializerOptions.Web), JsonSerializerOptions.Web));
    }

    [Fact]
    public void Predictions_are_equal_where_emotions_order_and_probabilities_are()
    {
        var same = new SentimentPrediction(["fear", "awe", "anger"], [0.25f, 0.7f, 0.05f]);

        Assert.Equal(Prediction, same);
        Assert.Equal(Prediction.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(Prediction, new SentimentPrediction(["awe", "fear", "anger"], [0.7f, 0.25f, 0.05f]));
        Assert.NotEqual(Prediction, new SentimentPrediction(["fear", "awe", "anger"], [0.2f, 0.7f, 0.1f]));
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1.1f)]
    [InlineData(float.NaN)]
    public void Number_that_is_no_probability_is_rejected_by_name(float score)
    {
        var error = Assert.Throws<ArgumentException>(() => new SentimentPrediction(new Dictionary<string, float> { ["awe"] = score }));

        Assert.Contains("'awe'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prediction_without_emotions_is_rejected() =>
        Assert.Throws<ArgumentException>(() => new SentimentPrediction(new Dictionary<string, float>()));

    [Fact]
    public void Result_of_many_can_be_made_for_a_test()
    {
        var result = new ImageResult(3, "photo.jpg", Prediction);

        Assert.True(result.IsPredicted);
        Assert.Same(Prediction, result.Prediction);
    }

    [Fact]
    public void Top_emotions_are_in_descending_order()
    {
        Assert.Equal([("awe", 0.7f), ("fear", 0.25f)], Prediction.Top(2));
        Assert.Equal(["awe", "fear", "anger"], Prediction.Top(3).Select(pair => pair.Emotion));
        Assert.Throws<ArgumentOutOfRangeException>(() => Prediction.Top(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Prediction.Top(4));
    }

    [Theory]
    [InlineData("awe", 0.6f, "fear", 0.4f, Polarity.Positive)]
    [InlineData("awe", 0.4f, "fear", 0.6f, Polarity.Negative)]
    [InlineData("awe", 0.5f, "fear", 0.5f, null)]
    [InlineData("awe", 0.6f, "surprise", 0.4f, null)]
    [InlineData("red", 0.6f, "blue", 0.4f, null)]
    public void Polarity_has_the_larger_probability(string first, float p, string second, float q, Polarity? expected) =>
        Assert.Equal(expected, new SentimentPrediction([first, second], [p, q]).Polarity);

    [Fact]
    public void Polarity_is_that_of_the_sum_and_not_of_the_most_probable_emotion() =>
        Assert.Equal(Polarity.Negative, new SentimentPrediction(["awe", "fear", "anger", "surprise"], [0.3f, 0.2f, 0.2f, 0.3f]).Polarity);

    [Fact]
    public void Confidence_is_compared_with_a_threshold()
    {
        Assert.True(Prediction.IsConfident(0.5));
        Assert.True(Prediction.IsConfident(0.7f));
        Assert.False(Prediction.IsConfident(0.8));
        Assert.Throws<ArgumentOutOfRangeException>(() => Prediction.IsConfident(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Prediction.IsConfident(double.NaN));
    }

    [Fact]
    public void Result_with_an_error_can_be_made_for_a_test()
    {
        var result = new ImageResult(3, "photo.jpg", new UnreadableImageException("photo.jpg", "it is damaged"));

        Assert.False(result.IsPredicted);
        Assert.Equal("photo.jpg: it is damaged", result.ToString());
    }
}
