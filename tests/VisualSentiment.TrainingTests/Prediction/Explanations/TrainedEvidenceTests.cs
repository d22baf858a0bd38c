using System.Drawing;
using Microsoft.ML;
using SkiaSharp;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Prediction.Explanations;

public class TrainedEvidenceTests
{
    private static readonly RectangleF Left = new(0, 0, 0.5f, 1), Right = new(0.5f, 0, 0.5f, 1);

    [Fact]
    public void A_trained_student_finds_the_half_of_each_mood()
    {
        var ml = new MLContext(seed: 2);
        using var images = new DrawnImages(imagesPerClass: 10);
        SentimentTransformer student = ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Student = SmallNetworks.Student, Loss = DistillationLosses.HardLabels, Epochs = 8, BatchSize = 5, LearningRate = 0.02,
        }).Fit(images.Load(ml));
        using var detector = SentimentDetector.Load(new MemoryStream(ExportedModel.Export(student)));

        EvidenceMap map = detector.Explain(HalvesImage.Encode(SKColors.RoyalBlue, SKColors.Firebrick));

        Assert.True(Share(map, "calm", left: true) > Share(map, "calm", left: false) + 0.5);
        Assert.True(Share(map, "rage", left: false) > Share(map, "rage", left: true) + 0.5);
        Assert.True(RectangleF.Intersect(map.StrongestRegion("calm"), Left).Width > 0.9f * map.StrongestRegion("calm").Width);
        Assert.True(RectangleF.Intersect(map.StrongestRegion("rage"), Right).Width > 0.9f * map.StrongestRegion("rage").Width);
    }

    /// <summary>The share of a half's cells that speak for an emotion.</summary>
    private static double Share(EvidenceMap map, string emotion, bool left) => map.Contrast(emotion)
        .Where((_, cell) => cell % map.Width < map.Width / 2 == left).Average(contrast => contrast > 0 ? 1.0 : 0);
}
