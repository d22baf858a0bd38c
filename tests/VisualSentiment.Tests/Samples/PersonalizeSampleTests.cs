using System.Globalization;
using System.Text.RegularExpressions;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Samples;

/// <summary>Runs samples/Personalize.</summary>
public sealed partial class PersonalizeSampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Three_classes_of_20_images_are_trained_evaluated_saved_and_predicted()
    {
        var (exitCode, output, error) = SampleProgram.RunIn(_folder.Path, "Personalize");

        Assert.True(exitCode == 0, error);
        Assert.Contains("Trained city, forest, sea in ", output, StringComparison.Ordinal);
        Assert.InRange(int.Parse(Accuracy().Match(output).Groups[1].Value, CultureInfo.InvariantCulture), 70, 100);
        using var detector = SentimentDetector.Load(_folder["output/personalize/student.onnx"]);
        Assert.Equal(["city", "forest", "sea"], detector.Classes);
        Assert.True(File.Exists(_folder["output/personalize/labels.json"]));
        Assert.True(File.Exists(_folder["output/personalize/student.safetensors"]));
        Assert.Equal(3, output.Split('\n').Count(line => Prediction().IsMatch(line)));
    }

    [Fact]
    public void Errors_are_reported()
    {
        Assert.Equal(2, SampleProgram.Run("Personalize", "--help").ExitCode);
        var (exitCode, _, error) = SampleProgram.RunIn(_folder.Path, "Personalize", "nothing");
        Assert.Equal(1, exitCode);
        Assert.Contains("nothing", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [GeneratedRegex(@"not trained on: (\d+)\s?%")]
    private static partial Regex Accuracy();

    [GeneratedRegex(@"\.jpg: (city|forest|sea) \(\d+\s?%\)")]
    private static partial Regex Prediction();
}
