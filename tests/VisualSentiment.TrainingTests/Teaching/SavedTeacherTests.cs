using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Teaching;

public sealed class SavedTeacherTests : IDisposable
{
    private readonly DrawnImages _images = new(imagesPerClass: 2);
    private readonly MLContext _ml = new(seed: 3);
    private readonly TemporaryFolder _folder = new();
    private readonly IDataView _data;

    public SavedTeacherTests()
    {
        TinyBackbone.Write(_folder["tiny.onnx"]);
        PooledBackbone.Write(_folder["pooled.onnx"]);
        _data = _images.Load(_ml);
    }

    public void Dispose()
    {
        _images.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string> Backbones => ["tiny", "tiny and pooled", "ResNet-18 and MobileNetV2"];

    [Theory]
    [MemberData(nameof(Backbones))]
    public void Saved_teacher_has_the_probabilities_of_the_trained_one(string backbones)
    {
        using TeacherTransformer teacher = Fit(Create(backbones));
        float[][] expected = Scores(teacher.Transform(_data));

        teacher.SaveAsOnnx(_folder["teacher.onnx"]);
        _ml.Model.Save(teacher, _data.Schema, _folder["teacher.zip"]);

        string[] paths = [.. _data.GetColumn<string>("ImagePath")];
        Assert.All(["teacher.onnx", "teacher.zip"], file =>
        {
            using var detector = SentimentDetector.Load(_folder[file]);
            Assert.Equal(teacher.Classes, detector.Classes);
            AssertEqual(expected, [.. paths.Select(detector.Predict).Select(prediction =>
                detector.Classes.Select(name => prediction.Scores[name]).ToArray())]);
        });
        var fresh = new MLContext(seed: 1) { TempFilePath = _folder.Path };
        IDataView loaded = fresh.Model.Load(_folder["teacher.zip"], out _).Transform(_data);
        AssertEqual(expected, Scores(loaded));
        Assert.Equal(_data.GetColumn<uint>("Label"), loaded.GetColumn<uint>("PredictedLabel"));
        using var transformer = SentimentTransformer.Load(_folder["teacher.onnx"], _data.Schema);
        AssertEqual(expected, Scores(transformer.Transform(_data)));
    }

    [Fact]
    public void Saved_teacher_follows_the_contract_of_a_student()
    {
        using TeacherTransformer teacher = Fit(Create("tiny"));
        using var stream = new MemoryStream();

        teacher.SaveAsOnnx(stream);

        var (model, info) = ModelValidator.Validate(stream.ToArray(), "teacher");
        Assert.Equal(["calm", "hope", "rage"], info.Classes);
        Assert.Equal(ImageFit.Fill, info.Fit);
        Assert.Equal("ONNX backbone tiny", info.Metrics["teacher"]);
        Assert.Equal("visualsentiment.sha256", model.MetadataProps[^1].Key);
        Assert.Equal(["Score", "logits"], model.Graph.Output.Select(output => output.Name));
    }

    [Fact]
    public void Saved_ResNet18_explains_the_predictions_of_the_trained_one()
    {
        using TeacherTransformer teacher = Fit(Create("ResNet-18"));
        IDataView first = _ml.Data.TakeRows(_data, 1);
        float[] expected = Scores(teacher.Transform(first)).Single();
        teacher.SaveAsOnnx(_folder["teacher.onnx"]);
        using var detector = SentimentDetector.Load(_folder["teacher.onnx"]);

        EvidenceMap evidence = detector.Explain(first.GetColumn<string>("ImagePath").Single());

        Assert.Equal("calm", evidence.Prediction.Emotion);
        AssertEqual([expected], [[.. teacher.Classes.Select(name => evidence.Prediction[name])]]);
    }

    [Fact]
    public void Teachers_without_an_onnx_backbone_are_refused()
    {
        Assert.All([SmallNetworks.Teacher(epochs: 1), Teachers.OutOfFold(Create("tiny"), 2)], kind =>
        {
            using TeacherTransformer teacher = Fit(kind);

            var error = Assert.Throws<NotSupportedException>(() => teacher.SaveAsOnnx(_folder["teacher.onnx"]));

            Assert.Contains($"'{kind.Name}'", error.Message, StringComparison.Ordinal);
            Assert.Contains("Distill a student", error.Message, StringComparison.Ordinal);
            Assert.False(File.Exists(_folder["teacher.onnx"]));
            Assert.Contains("Distill a student", Assert.ThrowsAny<Exception>(() =>
                _ml.Model.Save(teacher, _data.Schema, new MemoryStream())).ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Backbone_that_was_changed_after_training_is_not_saved()
    {
        using TeacherTransformer teacher = Fit(Create("tiny"));
        PooledBackbone.Write(_folder["tiny.onnx"]);

        var error = Assert.Throws<InvalidOperationException>(() => teacher.SaveAsOnnx(_folder["teacher.onnx"]));

        Assert.Contains("tiny.onnx", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["teacher.onnx"]));
    }

    [Fact]
    public void Disposed_teacher_is_not_saved()
    {
        TeacherTransformer teacher = Fit(Create("tiny"));
        teacher.Dispose();

        Assert.Throws<ObjectDisposedException>(() => teacher.SaveAsOnnx(_folder["teacher.onnx"]));
    }

    private TrainableTeacher Create(string backbones) => backbones switch
    {
        "tiny" => Teachers.Onnx(_folder["tiny.onnx"], PixelNormalization.MinusOneToOne, new() { WeightDecay = 0.1 }),
        "ResNet-18" => Teachers.ResNet18(weightDecay: 0.1),
        "pooled" => Teachers.Onnx(_folder["pooled.onnx"], PixelNormalization.ZeroToOne),
        "tiny and pooled" => Teachers.Concatenate(Create("tiny"), Create("pooled")),
        _ => Teachers.Concatenate(Create("ResNet-18"), Teachers.Onnx(
            SharedFolder.Require("weights/mobilenet_v2_imagenet.onnx"), PixelNormalization.MinusOneToOne)),
    };

    private TeacherTransformer Fit(TrainableTeacher teacher) =>
        _ml.MulticlassClassification.Trainers.SentimentTeacher("Label", "ImagePath", teacher).Fit(_data);

    private static float[][] Scores(IDataView scored) => [.. scored.GetColumn<float[]>("Score")];

    private static void AssertEqual(float[][] expected, float[][] actual) =>
        Assert.Equal(expected.SelectMany(row => row), actual.SelectMany(row => row), (a, b) => Math.Abs(a - b) < 1e-5);
}
