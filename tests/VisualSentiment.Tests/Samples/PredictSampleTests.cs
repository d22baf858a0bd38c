using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Prediction.Explanations;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Samples;

/// <summary>Runs samples/Predict as a process of its own, in a folder without libtorch.</summary>
public sealed class PredictSampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public PredictSampleTests()
    {
        _model = _folder["student.onnx"];
        File.WriteAllBytes(_model, ExportedStudent.Create());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_are_searched_in_ordinal_order_and_every_line_is_json()
    {
        string[] files = ["B.png", "a \"quoted\"\nname.png", "sub/ä 悲.PNG"];
        foreach (string file in files)
            TestImage.Write(_folder[$"images/{file}"], file.Length);
        File.WriteAllText(_folder["images/notes.txt"], "no image");
        using var detector = SentimentDetector.Load(_model);

        var (exitCode, output, _) = Run(_model, _folder["images"], "--json");

        Assert.Equal(0, exitCode);
        var lines = output.TrimEnd('\n').Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(files.Select(f => _folder[$"images/{f}"]), lines.Select(l => l.GetProperty("file").GetString()));
        foreach (var line in lines)
        {
            var expected = detector.Predict(line.GetProperty("file").GetString()!);
            Assert.Equal(expected.Emotion, line.GetProperty("emotion").GetString());
            Assert.Equal(expected.Confidence, line.GetProperty("confidence").GetSingle());
            Assert.Equal(expected.Scores, line.GetProperty("scores").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetSingle()));
        }
    }

    [Fact]
    public void Bad_image_is_reported_and_the_rest_go_on()
    {
        string good = TestImage.Write(_folder["good.png"], 1), bad = _folder["bad.png"];
        File.WriteAllText(bad, "no image");

        var (exitCode, output, _) = Run(_model, bad, good, "--json");

        Assert.Equal(1, exitCode);
        var lines = output.TrimEnd('\n').Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal([bad, good], lines.Select(l => l.GetProperty("file").GetString()));
        Assert.Contains("bad.png", lines[0].GetProperty("error").GetString());
        Assert.True(lines[1].TryGetProperty("emotion", out _));
    }

    [Fact]
    public void Model_saved_by_ml_net_gives_the_same_scores_in_another_process()
    {
        var ml = new MLContext();
        string image = TestImage.Write(_folder["image.png"], 4);
        var data = ml.Data.LoadFromEnumerable([new { ImagePath = image }]);
        using var transformer = new SentimentTransformer(ExportedStudent.Create(), "ImagePath", TextDataViewType.Instance);
        ml.Model.Save(transformer, data.Schema, _folder["model.zip"]);

        var (exitCode, output, _) = Run(_folder["model.zip"], image, "--json");

        Assert.Equal(0, exitCode);
        Assert.Equal(transformer.Transform(data).GetColumn<float[]>("Score").Single(),
            JsonDocument.Parse(output).RootElement.GetProperty("scores").EnumerateObject().Select(p => p.Value.GetSingle()));
    }

    [Fact]
    public void Plain_output_is_one_line_per_image()
    {
        string image = TestImage.Write(_folder["image.png"], 4);
        using var detector = SentimentDetector.Load(_model);
        var expected = detector.Predict(image);

        var (exitCode, output, _) = Run(_model, image);

        Assert.Equal(0, exitCode);
        Assert.Equal(FormattableString.Invariant($"{image}\t{expected.Emotion}\t{expected.Confidence:F3}\n"), output);
    }

    [Fact]
    public void Overlays_are_written_for_every_image_that_can_be_read()
    {
        string model = _folder["explained.onnx"], bad = _folder["bad.png"];
        File.WriteAllBytes(model, ColorStudent.Create());
        File.WriteAllText(bad, "no image");
        string[] images = [TestImage.Write(_folder["a/same.png"], 1), TestImage.Write(_folder["b/same.png"], 1)];
        using var detector = SentimentDetector.Load(model);
        string emotion = detector.Predict(images[0]).Emotion;

        var (exitCode, output, error) = Run([model, .. images, bad, "--explain", _folder["overlays/new"]]);

        Assert.Equal(1, exitCode);
        Assert.Equal(2, output.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("bad.png", error);
        Assert.Equal([$"same.{emotion}.2.png", $"same.{emotion}.png"], Directory.GetFiles(_folder["overlays/new"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(0, Run(model, images[0], "--explain", _folder["rage"], "--emotion", "rage").ExitCode);
        Assert.Equal("same.rage.png", Path.GetFileName(Assert.Single(Directory.GetFiles(_folder["rage"]))));
        Assert.Contains("calm, hope, rage", Run(model, images[0], "--explain", _folder["rage"], "--emotion", "envy").Error, StringComparison.Ordinal);
        Assert.Equal(2, Run(model, images[0], "--emotion", "rage").ExitCode);
        Assert.Equal(2, Run(_model, images[0], "--explain", _folder["none"]).ExitCode);
    }

    [Fact]
    public void Wrong_model_and_wrong_command_line_exit_with_2()
    {
        var (exitCode, _, error) = Run("nowhere.onnx", "image.png");
        Assert.Equal(2, exitCode);
        Assert.Contains("nowhere.onnx", error);

        Assert.Equal(2, Run(_model).ExitCode);
        Assert.Equal(2, Run(_model, "image.png", "--yaml").ExitCode);
    }

    [Fact]
    public void Help_explains_the_exit_codes()
    {
        var (exitCode, output, _) = Run("--help");

        Assert.Equal(0, exitCode);
        Assert.Contains("--json", output);
        Assert.Contains("Exits with 1", output.Replace("\n", " "));
    }

    private static (int ExitCode, string Output, string Error) Run(params string[] arguments) => SampleProgram.Run("Predict", arguments);
}
