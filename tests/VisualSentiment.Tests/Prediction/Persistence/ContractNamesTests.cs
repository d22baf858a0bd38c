using System.Reflection;
using Microsoft.ML.Transforms;

namespace VisualSentiment.Tests.Prediction.Persistence;

public class ContractNamesTests
{
    [Fact]
    public void Names_in_saved_models_are_frozen()
    {
        var names = typeof(SentimentTransformer).Assembly.GetTypes()
            .Select(t => t.GetCustomAttribute<CustomMappingFactoryAttributeAttribute>()?.ContractName)
            .OfType<string>();

        Assert.Equal(
            [
                "VisualSentiment.Pixels.Encoded.CenterCrop",
                "VisualSentiment.Pixels.Encoded.Fill",
                "VisualSentiment.Pixels.Image.CenterCrop",
                "VisualSentiment.Pixels.Image.Fill",
                "VisualSentiment.Pixels.Path.CenterCrop",
                "VisualSentiment.Pixels.Path.Fill",
                "VisualSentiment.Pixels.SizedImage.CenterCrop",
                "VisualSentiment.Pixels.SizedImage.Fill",
                "VisualSentiment.Winner",
                "VisualSentiment.Zero",
            ],
            names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Assembly_that_saved_models_name_is_frozen() => Assert.Equal(
        "VisualSentiment, Version=0.0.0.0, Culture=neutral, PublicKeyToken=null", typeof(SentimentTransformer).Assembly.FullName);
}
