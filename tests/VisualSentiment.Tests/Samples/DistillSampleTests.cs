using System.Text.Json;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Samples;

/// <summary>Runs samples/Distill and samples/QuickStart on a small folder of images.</summary>
public sealed class DistillSampleTests : IDisposable
{
    private readonly TemporaryFolder _output = new();
    private readonly DrawnImages _images = new(imagesPerClass: 4);

    public void Dispose()
    {
        _output.Dispose();
        _images.Dispose();
    }

    [Fact]
    public void Distill_writes_models_and_reports_of_the_users_images()
    {
        var (exitCode, output, error) = SampleProgram.Run("Distill", "--data", _images.Folder, "--output", _output.Path);

        Assert.True(exitCode == 0, error);
        Assert.Equal(["report.html", "report.json", "sentiment.onnx", "sentiment.zip", "teacher.onnx"],
            Directory.GetFiles(_output.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        JsonElement report = JsonDocument.Parse(File.ReadAllText(_output["report.json"])).RootElement;
        foreach (string model in (string[])["teacher", "student", "hardLabelStudent"])
            Assert.InRange(report.GetProperty(model).GetProperty("accuracy").GetDouble(), 0, 1);
        foreach (string gain in (string[])["gainOverHardLabels", "gainOverPretrainedHardLabels"])
            Assert.InRange(report.GetProperty(gain).GetProperty("value").GetDouble(),
                report.GetProperty(gain).GetProperty("lower").GetDouble(), report.GetProperty(gain).GetProperty("upper").GetDouble());
        Assert.Contains("training the student on features, epoch ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_invalid_folder_is_reported_before_anything_is_written()
    {
        string output = _output["new"];

        var (exitCode, _, error) = SampleProgram.Run("Distill", "--data", _output["nothing"], "--output", output);

        Assert.Equal(1, exitCode);
        Assert.Contains(_output["nothing"], error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(output));
        Assert.Equal(2, SampleProgram.Run("Distill", "--recipe", "best").ExitCode);
    }

    [Fact]
    public void The_program_of_the_README_leads_from_a_folder_to_report_model_and_prediction()
    {
        var (exitCode, output, error) = SampleProgram.RunIn(_output.Path, "QuickStart", _images.Folder);

        Assert.True(exitCode == 0, error);
        Assert.True(File.Exists(_output["report.html"]));
        Assert.True(File.Exists(_output["sentiment.onnx"]));
        Assert.Contains("training the student, epoch ", output, StringComparison.Ordinal);
        Assert.Contains("The first test image: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_program_of_the_README_is_the_sample()
    {
        string root = SharedFolder.RepositoryRoot();
        string program = File.ReadAllText(Path.Combine(root, "samples", "QuickStart", "Program.cs")).ReplaceLineEndings("\n");
        string readme = File.ReadAllText(Path.Combine(root, "README.md")).ReplaceLineEndings("\n");

        Assert.InRange(program.Split('\n').Count(line => line.Trim().Length > 0), 10, 20);
        Assert.Contains($"```csharp\n{program.Trim()}\n```", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Pretrain_writes_the_weights_of_a_student()
    {
        string weights = _output["student.safetensors"];

        Assert.Equal(2, SampleProgram.Run("Pretrain", _images.Folder, weights, "huge").ExitCode);
        var (exitCode, output, error) = SampleProgram.Run("Pretrain", Path.GetDirectoryName(Directory.GetFiles(
            _images.Folder, "*", SearchOption.AllDirectories)[0])!, weights, "compact-small");

        Assert.True(exitCode == 0, error);
        Assert.Contains("Written: ", output, StringComparison.Ordinal);
        Assert.True(new FileInfo(weights).Length > 500_000);
    }
}
