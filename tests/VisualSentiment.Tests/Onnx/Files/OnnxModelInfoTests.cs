using Google.Protobuf;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Tests.Onnx.Files;

public class OnnxModelInfoTests
{
    private static readonly OnnxModelInfo Full = new()
    {
        Classes = ["awe", "Ärger \"groß\"", "悲しみ"],
        Fit = ImageFit.CenterCrop,
        Normalization = PixelNormalization.MinusOneToOne,
        InputSize = 192,
        Teacher = "ResNet-50",
        Temperature = 4.5,
        Loss = "soft target",
        Recipe = "balanced",
        Settings = new Dictionary<string, string> { ["epochs"] = "30", ["linear probe"] = "yes" },
        Metrics = new Dictionary<string, string> { ["micro_accuracy"] = "0.75", ["folds"] = "5" },
    };

    [Fact]
    public void Metadata_survives_writing_and_reading()
    {
        var read = OnnxModelInfo.Read(Model(Full), "test");

        Assert.Equal(Full.Classes, read.Classes);
        Assert.Equal(Full.Fit, read.Fit);
        Assert.Equal(Full.Normalization.Mean, read.Normalization.Mean);
        Assert.Equal(Full.Normalization.StandardDeviation, read.Normalization.StandardDeviation);
        Assert.Equal(Full.InputSize, read.InputSize);
        Assert.Equal(Full.Teacher, read.Teacher);
        Assert.Equal(Full.Temperature, read.Temperature);
        Assert.Equal(Full.Loss, read.Loss);
        Assert.Equal(Full.Recipe, read.Recipe);
        Assert.Equal(Full.Settings, read.Settings);
        Assert.Equal(Full.Metrics, read.Metrics);
        Assert.Equal("1.2.3", read.LibraryVersion);
    }

    [Fact]
    public void Unknown_metadata_is_left_out()
    {
        var read = OnnxModelInfo.Read(Model(new OnnxModelInfo { Classes = ["awe"] }), "test");

        Assert.Null(read.Teacher);
        Assert.Null(read.Temperature);
        Assert.Null(read.Loss);
        Assert.Null(read.Recipe);
        Assert.Empty(read.Settings);
        Assert.Empty(read.Metrics);
    }

    [Fact]
    public void Classes_are_a_json_array_that_any_client_can_read() =>
        Assert.Contains(KeyValuePair.Create("visualsentiment.classes", "[\"awe\",\"Ärger \\\"groß\\\"\",\"悲しみ\"]"), Full.ToMetadata("1"));

    [Fact]
    public void Model_without_our_metadata_is_named()
    {
        var error = Assert.Throws<InvalidModelException>(() => OnnxModelInfo.Read(new ModelProto { IrVersion = 8 }.ToByteArray(), "other.onnx"));

        Assert.Equal("other.onnx", error.Model);
        Assert.Contains("other.onnx", error.Message);
        Assert.Contains("SaveAsOnnx", error.Message);
    }

    [Theory]
    [InlineData("visualsentiment.format", "2", "update the library")]
    [InlineData("visualsentiment.classes", "[\"awe\"", "export the model again")]
    [InlineData("visualsentiment.classes", "[]", "there are no classes")]
    [InlineData("visualsentiment.classes", "[\"awe\",\"awe\"]", "'awe'")]
    [InlineData("visualsentiment.classes", "\"awe\"", "export the model again")]
    [InlineData("visualsentiment.classes", "[1, 2]", "export the model again")]
    [InlineData("visualsentiment.fit", "Sideways", "Sideways")]
    [InlineData("visualsentiment.fit", "7", "'7'; it must be one of Fill, CenterCrop")]
    [InlineData("visualsentiment.fit", "Fill, CenterCrop", "it must be one of")]
    [InlineData("visualsentiment.temperature", "warm", "warm")]
    public void Damaged_metadata_is_explained(string key, string value, string explanation)
    {
        var metadata = Full.ToMetadata("1").ToDictionary(p => p.Key, p => p.Value);
        metadata[key] = value;

        var error = Assert.Throws<InvalidModelException>(() => OnnxModelInfo.Read(metadata, "student.onnx"));

        Assert.Contains(explanation, error.Message);
    }

    [Fact]
    public void Missing_key_is_named()
    {
        var metadata = Full.ToMetadata("1").Where(p => p.Key != "visualsentiment.fit").ToDictionary(p => p.Key, p => p.Value);

        var error = Assert.Throws<InvalidModelException>(() => OnnxModelInfo.Read(metadata, "student.onnx"));

        Assert.Contains("visualsentiment.fit", error.Message);
    }

    private static byte[] Model(OnnxModelInfo info)
    {
        var model = new ModelProto();
        foreach (var (key, value) in info.ToMetadata("1.2.3"))
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return model.ToByteArray();
    }
}
