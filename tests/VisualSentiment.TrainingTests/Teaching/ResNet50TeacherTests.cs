using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Tests.Support;
using VisualSentiment.Weights;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Teaching;

public class ResNet50TeacherTests
{
    public ResNet50TeacherTests() => LibTorchBackend.EnsureLoaded();

    [Fact]
    public void Pretrained_weights_of_1000_classes_fill_everything_but_the_head()
    {
        using var folder = new TemporaryFolder();
        string path = folder["resnet50.safetensors"];
        using var scope = NewDisposeScope();
        using var published = OwnedNetwork.Create(() => new ResNet50(1000));
        using (NewDisposeScope())
            new SafetensorsBuilder().AddAll(published.Module).WriteTo(path);
        using var network = OwnedNetwork.Create(() => new ResNet50(8));

        WeightsMatch match = NetworkWeights.Load(network.Module, path, ResNet50.Head);

        Assert.Equal(["fc.bias", "fc.weight"], match.SkippedHead.Order(StringComparer.Ordinal));
        var expected = published.Module.state_dict();
        Assert.All(network.Module.state_dict().Where(entry => !entry.Key.StartsWith("fc.", StringComparison.Ordinal)),
            entry => Assert.True(entry.Value.equal(expected[entry.Key]).all().item<bool>(), entry.Key));
    }

    [Fact]
    public void ResNet50_is_fine_tuned_from_a_weights_file()
    {
        using var folder = new TemporaryFolder();
        using var images = new DrawnImages(imagesPerClass: 2, classes: 2);
        string path = folder["resnet50.safetensors"];
        int parameters;
        using (var published = OwnedNetwork.Create(() => new ResNet50(1000)))
        using (NewDisposeScope())
        {
            new SafetensorsBuilder().AddAll(published.Module).WriteTo(path);
            parameters = published.Module.parameters().Count();
        }
        var ml = new MLContext(seed: 1);
        long before = LiveTensors.Count();

        using var student = ml.Transforms.DistillSentiment(DistillationRecipes.Paper with
        {
            Teacher = Teachers.ResNet50(path, new TeacherTrainingOptions { Epochs = 1, BatchSize = 4 }),
            Student = SmallNetworks.Student,
            Epochs = 1,
        }).Fit(images.Load(ml));

        Assert.Equal(["calm", "hope"], student.Classes);
        LiveTensors.CountOnce(parameters);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_large_network_with_random_weights_causes_a_warning()
    {
        using var images = new DrawnImages(imagesPerClass: 2, classes: 2);
        using var stop = new CancellationTokenSource();
        var ml = new MLContext(seed: 1);
        List<string> warnings = [];
        ml.Log += (_, entry) =>
        {
            if (entry.Kind != ChannelMessageKind.Warning)
                return;
            warnings.Add(entry.RawMessage);
            stop.Cancel();
        };

        Assert.ThrowsAny<OperationCanceledException>(() => ml.MulticlassClassification.Trainers.SentimentTeacher(
            new TeacherOptions { Teacher = Teachers.ResNet50(), CancellationToken = stop.Token }).Fit(images.Load(ml)));

        Assert.StartsWith(
            "ResNet-50 starts from random weights, which change little in 30 epochs at a learning rate of 1E-05.",
            Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_weights_file_that_is_missing_is_named_before_anything_starts()
    {
        using var images = new DrawnImages(imagesPerClass: 2, classes: 2);
        var ml = new MLContext(seed: 1);

        var error = Assert.Throws<ArgumentException>(() => ml.Transforms.DistillSentiment("Label", "ImagePath", Teachers.ResNet50("missing.safetensors"))
            .Fit(images.Load(ml)));

        Assert.Contains("'missing.safetensors'", error.Message, StringComparison.Ordinal);
    }
}
