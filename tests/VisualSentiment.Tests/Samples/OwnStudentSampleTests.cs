using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Samples;

/// <summary>Runs samples/OwnStudent: a loss, a student and a module that a user wrote against the public surface alone.</summary>
public sealed partial class OwnStudentSampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_custom_student_and_loss_train_export_save_load_and_predict()
    {
        var (exitCode, output, error) = SampleProgram.Run("OwnStudent", _folder.Path);

        Assert.True(exitCode == 0, error);
        foreach (string row in (string[])["student 'squeeze-excite', 25247 parameters", "the student's .zip, loaded", "the student's .onnx, loaded"])
            Assert.True(Accuracy(output, row) >= 75, output);

        // What another process saved predicts in this one, the same either way.
        string image = _folder["images/rage/03.png"];
        using var detector = SentimentDetector.Load(_folder["sentiment.onnx"]);
        var ml = new MLContext();
        var loaded = ml.Model.Load(_folder["sentiment.zip"], out _);
        using var owner = (IDisposable)loaded;
        float[] saved = loaded.Transform(ml.Data.LoadFromEnumerable([new { ImagePath = image }])).GetColumn<float[]>("Score").Single();
        Assert.Equal(["calm", "hope", "rage"], detector.Predict(image).Scores.Keys);
        Assert.Equal(detector.Predict(image).Scores.Values, saved);
    }

    [Theory]
    [InlineData("--help", 0)]
    [InlineData("-h", 0)]
    [InlineData("--bogus", 2)]
    public void An_option_never_trains_and_is_never_a_folder(string option, int expected)
    {
        var (exitCode, output, _) = SampleProgram.RunIn(_folder.Path, "OwnStudent", option);

        Assert.Equal(expected, exitCode);
        Assert.Contains("OwnStudent [<OUTPUT>] [options]", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_second_argument_is_an_error()
    {
        var (exitCode, _, error) = SampleProgram.RunIn(_folder.Path, "OwnStudent", "one", "two");

        Assert.Equal(2, exitCode);
        Assert.Contains("two", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    private static int Accuracy(string output, string row) =>
        int.Parse(Percent().Match(output[output.IndexOf(row, StringComparison.Ordinal)..]).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+)%")]
    private static partial Regex Percent();
}
