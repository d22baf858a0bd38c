using System.Text.Json;
using Microsoft.ML;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Tool;

/// <summary>The commands <c>info</c>, <c>export</c> and <c>explain</c>.</summary>
public sealed class ModelCommandTests : IDisposable
{
    private readonly ToolFolder _tool = new(ColorStudent.Create());

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Info_describes_a_model_as_a_table_and_as_json()
    {
        byte[] model = BuiltStudent.Create(new OnnxModelInfo
        {
            Classes = ["awe", "fear"],
            Fit = ImageFit.CenterCrop,
            Teacher = "ResNet-18",
            Recipe = "balanced",
            Temperature = 4,
            Loss = "soft target",
            Settings = new Dictionary<string, string> { ["epochs"] = "30" },
            Metrics = new Dictionary<string, string> { ["student"] = "compact", ["validation_accuracy"] = "0.75" },
        }, (graph, value) => graph.AddLinear("fc", graph.AddMeans(value), new float[6], new float[2]));
        File.WriteAllBytes(_tool["two.onnx"], model);

        string table = _tool.RunToEnd("info", "two.onnx");
        JsonElement json = JsonDocument.Parse(_tool.RunToEnd("info", "two.onnx", "--json")).RootElement;

        string[] expected =
        [
            "file two.onnx", FormattableString.Invariant($"size {model.Length:N0} bytes"), "classes awe, fear",
            "input uint8 RGB [N, 224, 224, 3], CenterCrop", "numbers float32", "student compact", "teacher ResNet-18",
            "recipe balanced", "setting: epochs 30", "setting: loss soft target", "setting: temperature 4",
            "metric: validation accuracy 0.75",
        ];
        string[] lines = [.. table.Split('\n').Select(line =>
            string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Subset(lines.ToHashSet(), expected.ToHashSet());
        Assert.Equal(["awe", "fear"], json.GetProperty("classes").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("balanced", json.GetProperty("recipe").GetString());
        Assert.Equal("compact", json.GetProperty("student").GetString());
        Assert.Equal("4", json.GetProperty("settings").GetProperty("temperature").GetString());
        Assert.Equal("0.75", json.GetProperty("metrics").GetProperty("validation_accuracy").GetString());
        Assert.Equal(model.Length, json.GetProperty("fileBytes").GetInt64());
        _tool.Fails(1, "nowhere.onnx", "info", "nowhere.onnx");
    }

    [Fact]
    public void Export_converts_to_zip_and_back()
    {
        string image = TestImage.Write(_tool["image.png"], 3);

        _tool.RunToEnd("export", _tool.Model, "--output", "student.zip");
        string output = _tool.RunToEnd("export", "student.zip", "--output", "again.onnx");

        Assert.Equal(File.ReadAllBytes(_tool.Model), File.ReadAllBytes(_tool["again.onnx"]));
        Assert.StartsWith("Written: again.onnx, ", output, StringComparison.Ordinal);
        using var loaded = (IDisposable)new MLContext().Model.Load(_tool["student.zip"], out DataViewSchema schema);
        Assert.Equal("ImagePath", schema.Single().Name);
        Assert.Equal(Emotion(_tool.Model, image), Emotion(_tool["student.zip"], image));
        Assert.Equal(["again.onnx", "image.png", "student.onnx", "student.zip"],
            Directory.GetFiles(Path.GetDirectoryName(image)!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Export_quantizes_with_labeled_and_unlabeled_calibration_images()
    {
        using var images = new DrawnImages(imagesPerClass: 4);
        string image = Directory.GetFiles(Path.Combine(images.Folder, "rage"))[0];

        _tool.RunToEnd("export", _tool.Model, "--output", "int8.onnx", "--int8", "--calibration", images.Folder);
        _tool.RunToEnd("export", _tool.Model, "--output", "int8.zip", "--int8", "--calibration",
            Path.Combine(images.Folder, "rage"));

        foreach (string model in (string[])["int8.onnx", "int8.zip"])
        {
            using var detector = SentimentDetector.Load(_tool[model]);
            Assert.Equal("int8", detector.Info.Quantization);
            Assert.Equal("rage", detector.Predict(image).Emotion);
        }
    }

    [Fact]
    public void Export_writes_labels_on_request()
    {
        _tool.RunToEnd("export", _tool.Model, "--output", "clients.onnx", "--labels");

        using JsonDocument labels = JsonDocument.Parse(File.ReadAllText(_tool["labels.json"]));
        Assert.Equal("clients.onnx", labels.RootElement.GetProperty("model").GetString());
        Assert.Equal(ColorStudent.Classes, labels.RootElement.GetProperty("classes").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public void Export_reports_errors()
    {
        _tool.Fails(2, "--labels requires an .onnx file", "export", _tool.Model, "--output", "student.zip", "--labels");
        _tool.Fails(2, ".onnx or .zip", "export", _tool.Model, "--output", "student.pt");
        _tool.Fails(2, "--calibration", "export", _tool.Model, "--output", "a.onnx", "--int8");
        var missing = _tool.Run("export", _tool.Model, "--output", "a.onnx", "--int8", "--calibration", "missing");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("the folder does not exist", missing.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_tool["a.onnx"]));
        _tool.Fails(1, "nowhere.onnx", "export", "nowhere.onnx", "--output", "a.onnx");
    }

    [Fact]
    public void Overlays_are_written_for_every_image_that_can_be_read()
    {
        string bad = _tool["bad.png"];
        File.WriteAllText(bad, "no image");
        string[] images = [TestImage.Write(_tool["a/same.png"], 1), TestImage.Write(_tool["b/same.png"], 1)];
        string emotion = Emotion(_tool.Model, images[0]);

        var (exitCode, output, error) = _tool.Run(["explain", .. images, bad, "--model", _tool.Model]);
        string rage = _tool.RunToEnd(
            "explain", images[0], "--model", _tool.Model, "--output", "rage", "--emotion", "rage");

        Assert.Equal(1, exitCode);
        Assert.Equal(2, output.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("bad.png", error, StringComparison.Ordinal);
        Assert.Equal([$"same.{emotion}.2.png", $"same.{emotion}.png"],
            Directory.GetFiles(_tool["evidence"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.EndsWith($"\t{Path.Combine("rage", "same.rage.png")}\n", rage, StringComparison.Ordinal);
        _tool.Fails(2, "calm, hope, rage", "explain", images[0], "--model", _tool.Model, "--emotion", "envy");
    }

    [Fact]
    public void Explain_reports_a_model_without_evidence()
    {
        string image = TestImage.Write(_tool["image.png"], 1);
        File.WriteAllBytes(_tool["plain.onnx"], ExportedStudent.Create());

        _tool.Fails(1, "Evidence maps are not available", "explain", image, "--model", "plain.onnx");
    }

    private static string Emotion(string model, string image)
    {
        using var detector = SentimentDetector.Load(model);
        return detector.Predict(image).Emotion;
    }
}
