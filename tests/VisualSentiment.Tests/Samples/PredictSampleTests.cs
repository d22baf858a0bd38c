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
    public void Every_image_is_one_line_and_an_invalid_image_does_not_stop_the_others()
    {
        string image = TestImage.Write(_folder["images/b.png"], 4), bad = _folder["images/a.png"];
        File.WriteAllText(bad, "no image");
        using var detector = SentimentDetector.Load(_model);
        var expected = detector.Predict(image);

        var (exitCode, output, error) = SampleProgram.Run("Predict", _model, _folder["images"]);

        Assert.Equal(1, exitCode);
        Assert.Equal(FormattableString.Invariant($"{image}\t{expected.Emotion}\t{expected.Confidence:F3}\n"), output);
        Assert.Contains("a.png", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_model_and_wrong_command_line_exit_with_2()
    {
        var (exitCode, _, error) = SampleProgram.Run("Predict", "nowhere.onnx", "image.png");

        Assert.Equal(2, exitCode);
        Assert.Contains("nowhere.onnx", error, StringComparison.Ordinal);
        Assert.Equal(2, SampleProgram.Run("Predict", _model).ExitCode);
    }
}
