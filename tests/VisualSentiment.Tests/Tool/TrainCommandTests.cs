using System.Diagnostics;
using System.Text.Json;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Tool;

/// <summary>The commands <c>train</c> and <c>evaluate</c> on a few painted images.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private readonly ToolFolder _tool = new();
    private readonly DrawnImages _images = new(imagesPerClass: 5);
    private readonly string _teacher;

    public TrainCommandTests()
    {
        string backbone = _tool["backbone.onnx"];
        PooledBackbone.Write(backbone);
        _teacher = $"onnx:{backbone}:zero-to-one";
    }

    public void Dispose()
    {
        _images.Dispose();
        _tool.Dispose();
    }

    [Fact]
    public void Models_and_reports_are_written()
    {
        string output = _tool.RunToEnd("train", _images.Folder, "--teacher", _teacher, "--recipe", "paper", "--compare",
            "--test-fraction", "0.4", "--output", _tool["model"]);

        Assert.Equal(["report.html", "report.json", "report.md", "student.onnx", "teacher.onnx"], Files("model"));
        foreach (string line in (string[])["Teacher: ONNX backbone backbone\n", "Student: paper, recipe Paper\n",
            "training the student, epoch 10 of 10, loss ", "Student: paper, labels only\n", "\nlabels only  ",
            "\n6 test images, 3 classes.\n", "Written to "])
            Assert.Contains(line, output, StringComparison.Ordinal);
        var report = JsonSerializer.Deserialize<DistillationReport>(File.ReadAllText(_tool["model/report.json"]))!;
        Assert.Equal(6, report.Images);
        Assert.NotNull(report.Teacher);
        Assert.NotNull(report.HardLabelStudent);
        Assert.Contains("| accuracy | ", File.ReadAllText(_tool["model/report.md"]), StringComparison.Ordinal);
        using var student = SentimentDetector.Load(_tool["model/student.onnx"]);
        Assert.Equal(["calm", "hope", "rage"], student.Classes);
        Assert.Equal("Paper", student.Info.Recipe);
        Assert.Equal("10", student.Info.Settings["epochs"]);
        Assert.Equal("Constant", student.Info.Settings["learning rate schedule"]);
        using var teacher = SentimentDetector.Load(_tool["model/teacher.onnx"]);
        Assert.Equal("rage", teacher.Predict(Directory.GetFiles(Path.Combine(_images.Folder, "rage"))[0]).Emotion);
    }

    [Fact]
    public void Recipes_are_compared_by_cross_validation()
    {
        string[] arguments = ["evaluate", _images.Folder, "--teacher", _teacher, "--recipe", "paper", "--compare",
            "--folds", "2", "--seeds", "1", "--output", _tool["folds"]];

        string output = _tool.RunToEnd(arguments), again = _tool.RunToEnd(arguments);

        Assert.Superset(new HashSet<string?>(["report.html", "report.json", "report.md"]), Files("folds").ToHashSet());
        Assert.Contains("seed 1, fold 2 of 2, recipe Paper\n", output, StringComparison.Ordinal);
        string[] report = File.ReadAllText(_tool["folds/report.md"]).Split("\n\n", 2);
        Assert.Contains(report[1].Trim(), output, StringComparison.Ordinal);
        Assert.DoesNotContain("fold 2 of 2", again, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_is_canceled()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot send a signal to a process.");
        using Process process = SampleProgram.Start(SampleProgram.Tool, "train", _images.Folder, "--teacher", _teacher,
            "--recipe", "paper", "--output", _tool["model"]);
        while (process.StandardOutput.ReadLine() is { } line
            && !line.Contains("epoch 1 of 10", StringComparison.Ordinal))
        {
        }
        SampleProgram.Terminate(process);

        var (exitCode, _, error) = SampleProgram.ReadToEnd(process);

        Assert.Equal(130, exitCode);
        Assert.Equal("Canceled.\n", error.ReplaceLineEndings("\n"));
        Assert.Empty(Files("model"));
    }

    [Fact]
    public void Unlabeled_images_must_not_be_tested()
    {
        foreach (string command in (string[])["train", "evaluate"])
        {
            var run = _tool.Run(command, _images.Folder, "--teacher", _teacher, "--recipe", "paper",
                "--unlabeled", _images.Folder, "--output", _tool.PathOf("none"));

            Assert.Equal(1, run.ExitCode);
            Assert.Contains(command == "train" ? "3 of the images without labels" : "15 of the images without labels",
                run.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_tool.PathOf("none")));
        }
    }

    [Fact]
    public void Two_images_per_class_are_enough_and_the_compared_student_has_its_own_name()
    {
        using var few = new DrawnImages(imagesPerClass: 2);

        _tool.RunToEnd("train", few.Folder, "--teacher", _teacher, "--recipe", "fast", "--compare", "--output", _tool["few"]);

        string report = File.ReadAllText(_tool["few/report.html"]);
        Assert.Contains("compact, pretrained", report, StringComparison.Ordinal);
        Assert.Contains("<bdi>compact, 144 k parameters</bdi>", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_reported_before_training()
    {
        _tool.Fails(2, "zero-to-one", "train", _images.Folder, "--teacher", "vgg");
        _tool.Fails(2, "'slow'", "train", _images.Folder, "--recipe", "slow");
        _tool.Fails(2, "between 0 and 1", "train", _images.Folder, "--test-fraction", "1");
        _tool.Fails(2, "at least 2", "evaluate", _images.Folder, "--folds", "1");
        var missing = _tool.Run("train", "missing", "--output", _tool["model"]);
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("the folder does not exist", missing.Error, StringComparison.Ordinal);
        Assert.Empty(Files("model"));
    }

    private IEnumerable<string?> Files(string folder) => Directory.GetFiles(Path.GetDirectoryName(_tool[$"{folder}/x"])!)
        .Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
