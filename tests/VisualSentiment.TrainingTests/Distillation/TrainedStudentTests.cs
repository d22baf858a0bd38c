using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using VisualSentiment.Tests.Distillation.Features;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Distillation;

/// <summary>A trained student as the start of another training.</summary>
public sealed class TrainedStudentTests() : FeatureTests(imagesPerClass: 8, TinyBackbone.Write)
{
    // Far too low a rate to change the weights.
    private const double Still = 1e-9;

    private KnowledgeDistillationOptions Options => DistillationRecipes.Paper with
    {
        Teacher = BackboneTeacher,
        Student = SmallNetworks.Student,
        Loss = DistillationLosses.SoftTarget(1),
        Epochs = 2,
        LearningRate = 0.02,
    };

    [Fact]
    public void A_trained_student_starts_another_training_on_other_classes()
    {
        using var first = Fit(Options, LoadLabeled());

        using var second = Fit(Options.LabelsOnly() with { Student = first.Student!, LearningRate = Still }, Relabel(LoadLabeled()));

        Assert.Equal(["cold", "warm"], second.Classes);
        Assert.True(first.Student!.IsPretrained);
        using var before = first.Student.Create(classes: 2);
        using var after = second.Student!.Create(classes: 2);
        using var random = SmallNetworks.Student.Create(classes: 2);
        Assert.True(Distance(before.Module, after.Module) < 1e-4);
        Assert.True(Distance(before.Module, random.Module) > 1e-2);
    }

    [Fact]
    public void Its_saved_weights_give_the_same_student()
    {
        string path = Folder["trained.safetensors"];
        using var model = Fit(Options, LoadLabeled());

        model.Student!.SaveWeights(path);

        Assert.Equal(model.Student.Name, SmallNetworks.Student.WithWeights(path).Name);
    }

    [Fact]
    public void It_has_the_layers_that_predict_the_backbones_features()
    {
        using var model = Fit(Options with { Features = new FeatureDistillationOptions { Epochs = 1 } }, LoadLabeled());
        using var withoutFeatures = Fit(Options, LoadLabeled());

        Assert.NotNull(model.Student!.Features);
        Assert.Null(withoutFeatures.Student!.Features);
    }

    [Fact]
    public void A_loaded_model_has_none()
    {
        using var model = Fit(Options with { Epochs = 1 }, LoadLabeled());
        model.SaveAsOnnx(Folder["sentiment.onnx"]);

        using var loaded = SentimentTransformer.Load(Folder["sentiment.onnx"], LoadLabeled().Schema);

        Assert.Null(loaded.Student);
    }

    private SentimentTransformer Fit(KnowledgeDistillationOptions options, IDataView data) => Ml.Transforms.DistillSentiment(options).Fit(data);

    private IDataView Relabel(IDataView data) => Ml.Data.LoadFromEnumerable(data.GetColumn<string>("ImagePath").Select(
        path => new Row { ImagePath = path, Label = path.Contains("calm", StringComparison.Ordinal) ? "cold" : "warm" }).ToArray());

    // The largest difference of a weight of the convolution.
    private static double Distance(nn.Module one, nn.Module other)
    {
        using var scope = NewDisposeScope();
        return (one.state_dict()["conv.weight"] - other.state_dict()["conv.weight"]).abs().max().ToDouble();
    }

    private sealed class Row
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
