using System.Text.Json;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Onnx.Files;

/// <summary>The file <c>labels.json</c> beside a model.</summary>
public sealed class ModelDescriptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SentimentTransformer _model =
        new(ColorStudent.Create(ImageFit.CenterCrop), "ImagePath", TextDataViewType.Instance);

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void It_has_classes_input_preprocessing_and_outputs()
    {
        _model.SaveAsOnnx(_folder["sentiment.onnx"], new OnnxExportOptions { WriteLabels = true, EvidenceMaps = true });

        JsonElement labels = JsonDocument.Parse(File.ReadAllText(_folder["labels.json"])).RootElement;
        Assert.Equal(1, labels.GetProperty("format").GetInt32());
        Assert.Equal("sentiment.onnx", labels.GetProperty("model").GetString());
        Assert.Equal(ColorStudent.Classes, labels.GetProperty("classes").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("""{"name":"pixels","type":"uint8","shape":["N",224,224,3]}""", Compact(labels.GetProperty("input")));
        Assert.Equal("""{"width":224,"height":224,"fit":"CenterCrop","filter":"triangle","channels":"RGB","background":"#ffffff"}""",
            Compact(labels.GetProperty("preprocessing")));
        Assert.Equal([
            """{"name":"Score","type":"float32","shape":["N",3]}""",
            """{"name":"logits","type":"float32","shape":["N",3]}""",
            """{"name":"evidence","type":"float32","shape":["N",3,14,14]}""",
        ], labels.GetProperty("outputs").EnumerateArray().Select(Compact));
    }

    [Fact]
    public void It_is_written_only_on_request_and_replaced()
    {
        _model.SaveAsOnnx(_folder["sentiment.onnx"]);
        Assert.False(File.Exists(_folder["labels.json"]));
        File.WriteAllText(_folder["labels.json"], "an older file that is longer than the new one".PadRight(10_000));

        _model.SaveAsOnnx(_folder["sentiment.onnx"], new OnnxExportOptions { WriteLabels = true });

        JsonDocument.Parse(File.ReadAllText(_folder["labels.json"])).Dispose();
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    [Fact]
    public void A_stream_has_no_place_for_it()
    {
        using var stream = new MemoryStream();

        string message = Assert.Throws<ArgumentException>(
            () => _model.SaveAsOnnx(stream, new OnnxExportOptions { WriteLabels = true })).Message;

        Assert.Contains("WriteLabels is true, but a stream has no folder for labels.json", message, StringComparison.Ordinal);
        Assert.Equal(0, stream.Length);
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
