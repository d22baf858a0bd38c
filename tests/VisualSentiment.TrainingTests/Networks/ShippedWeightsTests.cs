using Microsoft.ML;
using VisualSentiment.Common;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Networks;

/// <summary>The weights of built-in students in the assembly.</summary>
public class ShippedWeightsTests
{
    public ShippedWeightsTests() => LibTorchBackend.EnsureLoaded();

    [Fact]
    public void Compact_starts_from_the_weights_in_the_package()
    {
        using OwnedNetwork first = Students.Compact.Create(3), second = Students.Compact.Create(8);

        Assert.True(Students.Compact.IsPretrained);
        Assert.StartsWith("compact, pretrained ", Students.Compact.Name, StringComparison.Ordinal);
        Assert.Equal(First(first), First(second));
        Assert.All(first.Module.state_dict().Values.Where(tensor => tensor.is_floating_point()),
            tensor => Assert.True(tensor.isfinite().all().item<bool>()));
    }

    [Fact]
    public void From_scratch_has_random_weights()
    {
        Student scratch = Students.Compact.FromScratch();
        using OwnedNetwork pretrained = Students.Compact.Create(3), random = scratch.Create(3);

        Assert.False(scratch.IsPretrained);
        Assert.Equal("compact", scratch.Name);
        Assert.NotEqual(First(pretrained), First(random));
        Assert.Same(scratch, scratch.FromScratch());
        Assert.False(Students.CompactSmall.IsPretrained);
        Assert.False(Students.CompactOf(2).IsPretrained);
    }

    [Fact]
    public void The_projections_of_the_weights_are_those_of_ResNet_18()
    {
        using var log = CatalogEnvironment.Of(new MLContext(seed: 1).Data).Start("test");
        using var backbone = Teachers.ResNet18().OpenFeatures(new TrainingRun(log, null, Seed: 1, default), []);

        Assert.Equal(FeatureRegressors.GetBackboneId(backbone.Network), Students.Compact.Features!.BackboneId);
    }

    [Fact]
    public void A_student_from_scratch_trains_with_the_default_recipe()
    {
        using var images = new DrawnImages(imagesPerClass: 4);
        using var folder = new TemporaryFolder();
        TinyBackbone.Write(folder["backbone.onnx"]);
        var ml = new MLContext(seed: 2);

        using SentimentTransformer model = ml.Transforms.DistillSentiment(DistillationRecipes.Fast with
        {
            Teacher = Teachers.Onnx(folder["backbone.onnx"], PixelNormalization.ZeroToOne),
            Student = Students.Compact.FromScratch(), Epochs = 2, Features = new() { Epochs = 1 },
        }).Fit(images.Load(ml));

        // The last layer is not fitted to features whose scale batch normalization does not have yet.
        Assert.All(model.History, epoch => Assert.InRange(epoch.Loss, 0, 10));
    }

    private static float[] First(OwnedNetwork network) => network.Module.state_dict()["stem.conv.weight"].data<float>().ToArray();
}
