using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Distillation.Features;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Teaching;

/// <summary>One file of a network that is fed pixels in two ways is two teachers, in the same folder of cached answers, too.</summary>
public sealed class CachedNormalizationTests() : FeatureTests(imagesPerClass: 4, TinyBackbone.Write)
{
    [Fact]
    public void Cached_outputs_for_another_normalization_are_not_used()
    {
        float[] alone = Score(PixelNormalization.ZeroToOne, Folder["alone/."]);

        Score(PixelNormalization.ImageNet, Folder["both/."]);
        float[] after = Score(PixelNormalization.ZeroToOne, Folder["both/."]);

        Assert.Equal(alone, after);
        Assert.Equal(2, Directory.GetFiles(Folder["both"], "teacher-*.cache").Length);
    }

    private float[] Score(PixelNormalization normalization, string cache)
    {
        IDataView data = LoadLabeled();
        using var teacher = Ml.MulticlassClassification.Trainers.SentimentTeacher(new TeacherOptions
        {
            Teacher = Teachers.Onnx(Backbone, normalization, new() { WeightDecay = 0.1 }), CacheFolder = cache,
        }).Fit(data);
        return [.. teacher.Transform(data).GetColumn<float[]>("Score").SelectMany(scores => scores)];
    }
}
