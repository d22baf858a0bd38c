using System.Xml;
using System.Xml.Linq;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Samples;

/// <summary>Runs samples/Distill from images to the files that it leaves.</summary>
public sealed class DistillSampleTests : IDisposable
{
    private readonly TemporaryFolder _output = new();
    private readonly DrawnImages _images = new(imagesPerClass: 6);

    public void Dispose()
    {
        _output.Dispose();
        _images.Dispose();
    }

    [Fact]
    public void Teacher_student_and_reports_are_written_and_logs_are_plain_text()
    {
        var (exitCode, output, error) = SampleProgram.Run("Distill", "--data", _images.Folder, "--output", _output.Path,
            "--epochs", "2", "--teacher-epochs", "2", "--batch-size", "6", "--test-fraction", "0.34");

        Assert.True(exitCode == 0, error);
        Assert.Equal(["report.html", "report.json", "sentiment.onnx", "sentiment.zip"], Directory.GetFiles(_output.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var reader = XmlReader.Create(_output["report.html"], new() { DtdProcessing = DtdProcessing.Ignore });
        XElement page = XElement.Load(reader);
        Assert.Equal(["Accuracy", "Training", "Recall per class", "Confusions", "Calibration", "Largest losses", "Teacher against student", "Speed and size", "Settings"],
            page.Descendants("h2").Select(title => title.Value));
        Assert.NotEmpty(page.Descendants("img"));

        // No colors, no boxes, no bars; a line an epoch.
        Assert.All(output, letter => Assert.True(letter is '\n' or (>= ' ' and <= '~'), $"U+{(int)letter:X4} in {output}"));
        foreach (string line in (string[])["  training the teacher, epoch 1 of 2, loss ", "  training the student, epoch 2 of 2, loss ", "  2 epochs: loss "])
            Assert.Contains(line, output, StringComparison.Ordinal);
        Assert.Equal(3 * 2, output.Split('\n').Count(line => line.Contains(", epoch ", StringComparison.Ordinal)));
    }
}
