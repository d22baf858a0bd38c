using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Tool;

public sealed class PredictCommandTests : IDisposable
{
    private readonly ToolFolder _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public void Folders_are_searched_in_ordinal_order_and_every_line_is_json()
    {
        string[] files = ["B.png", "a \"quoted\"\nname.png", "sub/ä 悲.PNG"];
        foreach (string file in files)
            TestImage.Write(_tool[$"images/{file}"], file.Length);
        File.WriteAllText(_tool["images/notes.txt"], "no image");
        using var detector = SentimentDetector.Load(_tool.Model);

        JsonElement[] lines = Parse(_tool.RunToEnd("predict", _tool["images"], "--model", _tool.Model, "--json"));

        Assert.Equal(files.Select(file => _tool[$"images/{file}"]), lines.Select(FileOf));
        foreach (JsonElement line in lines)
        {
            SentimentPrediction expected = detector.Predict(FileOf(line));
            Assert.Equal(expected.Emotion, line.GetProperty("emotion").GetString());
            Assert.Equal(expected.Confidence, line.GetProperty("confidence").GetSingle());
            Assert.Equal(expected.Scores, Scores(line));
        }
    }

    [Fact]
    public void Image_that_cannot_be_read_is_reported_and_the_others_are_predicted()
    {
        string good = TestImage.Write(_tool["good.png"], 1), bad = _tool["bad.png"], missing = _tool["missing.png"];
        File.WriteAllText(bad, "no image");

        var (exitCode, output, error) = _tool.Run("predict", bad, good, missing, "--model", _tool.Model);
        var json = _tool.Run("predict", bad, good, "--model", _tool.Model, "--json");

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"{good}\t", output, StringComparison.Ordinal);
        Assert.Equal(2, error.TrimEnd().Split('\n').Length);
        Assert.Contains("bad.png", error, StringComparison.Ordinal);
        Assert.Contains("missing.png", error, StringComparison.Ordinal);
        Assert.Equal(1, json.ExitCode);
        JsonElement[] lines = Parse(json.Output);
        Assert.Contains("bad.png", lines[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.True(lines[1].TryGetProperty("emotion", out _));
    }

    [Fact]
    public void Top_limits_the_scores_in_every_format()
    {
        string image = TestImage.Write(_tool["image.png"], 4);
        using var detector = SentimentDetector.Load(_tool.Model);
        var (first, second) = (detector.Predict(image).Top(2)[0], detector.Predict(image).Top(2)[1]);

        string text = _tool.RunToEnd("predict", image, "--model", _tool.Model, "--top", "2");
        string json = _tool.RunToEnd("predict", image, "--model", _tool.Model, "--top", "2", "--json");
        string csv = _tool.RunToEnd("predict", image, "--model", _tool.Model, "--top", "2", "--csv", "-");

        Assert.Equal(FormattableString.Invariant(
            $"{image}\t{first.Emotion}\t{first.Probability:F3}\t{second.Emotion}\t{second.Probability:F3}\n"), text);
        Assert.Equal([first.Emotion, second.Emotion], Scores(Parse(json)[0]).Keys);
        Assert.Equal(["file,emotion,confidence,emotion 2,confidence 2,error", FormattableString.Invariant(
            $"{image},{first.Emotion},{first.Probability},{second.Emotion},{second.Probability},"), ""], csv.Split('\n'));
    }

    [Fact]
    public void Top_above_the_number_of_classes_writes_all()
    {
        string image = TestImage.Write(_tool["a.png"], 4);
        string[] arguments = ["predict", image, "--model", _tool.Model, "--top", "100"];

        string text = _tool.RunToEnd(arguments), json = _tool.RunToEnd([.. arguments, "--json"]);
        string csv = _tool.RunToEnd([.. arguments, "--csv", "-"]);

        int classes = ExportedStudent.Classes.Length;
        Assert.Equal(1 + 2 * classes, text.Split('\t').Length);
        Assert.Equal(classes, Scores(Parse(json)[0]).Count);
        Assert.Equal(2 + 2 * classes, csv.Split('\n')[0].Split(',').Length);
    }

    [Fact]
    public void Csv_has_a_column_per_class_and_the_errors()
    {
        string image = TestImage.Write(_tool["a,b.png"], 4), bad = _tool["bad.png"], csv = _tool["out.csv"];
        File.WriteAllText(bad, "no image");
        using var detector = SentimentDetector.Load(_tool.Model);
        SentimentPrediction expected = detector.Predict(image);

        var run = _tool.Run("predict", image, bad, "--model", _tool.Model, "--csv", csv);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"{image}\t{expected.Emotion}\t", run.Output, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(csv);
        Assert.Equal($"file,emotion,confidence,{string.Join(',', detector.Classes)},error", lines[0]);
        string scores = string.Join(',', expected.Scores.Values.Select(score => FormattableString.Invariant($"{score}")));
        Assert.Equal(
            FormattableString.Invariant($"\"{image}\",{expected.Emotion},{expected.Confidence},{scores},"), lines[1]);
        Assert.StartsWith($"{bad},,,,,,", lines[2], StringComparison.Ordinal);
        Assert.Contains("bad.png", lines[2][bad.Length..], StringComparison.Ordinal);
    }

    [Fact]
    public void Model_saved_by_ml_net_gives_the_same_scores()
    {
        var ml = new MLContext();
        string image = TestImage.Write(_tool["image.png"], 4);
        var data = ml.Data.LoadFromEnumerable([new { ImagePath = image }]);
        using var transformer =
            new SentimentTransformer(ExportedStudent.Create(), "ImagePath", TextDataViewType.Instance);
        ml.Model.Save(transformer, data.Schema, _tool["model.zip"]);

        string output = _tool.RunToEnd("predict", image, "--model", _tool["model.zip"], "--json");

        Assert.Equal(transformer.Transform(data).GetColumn<float[]>("Score").Single(), Scores(Parse(output)[0]).Values);
    }

    [Fact]
    public void Invalid_command_lines_are_one_line()
    {
        Directory.CreateDirectory(_tool["empty"]);

        _tool.Fails(1, "nowhere.onnx", "predict", "a.png", "--model", "nowhere.onnx");
        _tool.Fails(2, "--model", "predict", "a.png");
        _tool.Fails(2, "--yaml", "predict", "a.png", "--model", _tool.Model, "--yaml");
        _tool.Fails(2, "at least 1", "predict", "a.png", "--model", _tool.Model, "--top", "0");
        _tool.Fails(2, "'empty'", "predict", "empty", "--model", _tool.Model);
        _tool.Fails(2, "--csv -", "predict", "a.png", "--model", _tool.Model, "--json", "--csv", "-");
    }

    private static JsonElement[] Parse(string output) =>
        [.. output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];

    private static string FileOf(JsonElement line) => line.GetProperty("file").GetString()!;

    private static Dictionary<string, float> Scores(JsonElement line) => line.GetProperty("scores").EnumerateObject()
        .ToDictionary(score => score.Name, score => score.Value.GetSingle());
}
