using System.Diagnostics;
using System.Runtime.InteropServices;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Samples;

/// <summary>Runs samples/Distill with --folds, stops it and resumes it.</summary>
public sealed partial class DistillFoldsTests : IDisposable
{
    // Not SIGINT, which programs in the background of a shell ignore.
    private const int Terminate = 15, Canceled = 130;

    private readonly DrawnImages _images = new(imagesPerClass: 3, classes: 2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _images.Dispose();
    }

    [Fact]
    public void A_stopped_run_ends_with_the_same_report_when_it_is_resumed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot send a signal to a process.");
        string whole = _folder["whole"], stopped = _folder["stopped"];
        var uninterrupted = SampleProgram.Run("Distill", Arguments(whole));
        Assert.True(uninterrupted.ExitCode == 0, uninterrupted.Error);

        using (Process first = SampleProgram.Start("Distill", Arguments(stopped)))
        {
            while (first.StandardOutput.ReadLine() is { } line && line != "seed 1, fold 2 of 3, teacher ConvNet")
            {
            }
            Assert.Equal(0, Signal(first.Id, Terminate));
            var (exitCode, _, error) = SampleProgram.ReadToEnd(first);
            Assert.Equal(Canceled, exitCode);
            Assert.Contains($"Stopped. Complete runs are in {stopped}.", error, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(Path.Combine(stopped, "report.md")));
        var resumed = SampleProgram.Run("Distill", Arguments(stopped));

        Assert.Equal(0, resumed.ExitCode);
        Assert.DoesNotContain("fold 1 of 3", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(Path.Combine(whole, "report.md")),
            File.ReadAllText(Path.Combine(stopped, "report.md")));
        Assert.EndsWith(Table(uninterrupted.Output), resumed.Output.Replace(stopped, whole, StringComparison.Ordinal), StringComparison.Ordinal);

        var other = SampleProgram.Run("Distill", Arguments(stopped, "--temperature", "2", "--no-hard-labels"));
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("  - recipe 'distilled', temperature: 4 in the folder, 2 now", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_images_are_reported_before_pretraining()
    {
        string backbone = _folder["backbone.onnx"];
        TinyBackbone.Write(backbone);

        var early = SampleProgram.Run("Distill", ["--data", _folder["nothing"], "--teacher", $"onnx:{backbone}", "--student", "compact", "--output", _folder["early"],
            "--pretrain", _images.Folder]);

        Assert.Contains($"Cannot train on '{_folder["nothing"]}'", early.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("learning the features", early.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["early"]));
    }

    [Fact]
    public void Options_that_conflict_are_listed_in_one_message()
    {
        string error = SampleProgram.Run("Distill", Arguments(_folder["more"], "--features", "1", "--teacher-weight-decay", "1", "--crop", "0.7", "--linear-probe",
            "--hard-weight", "1", "--cache-limit", "4", "--pretrain-views", "4", "--student-weights", _folder.Path, "--pretrain-training-epochs", "1")).Error;

        foreach (string part in (string[])["--features", "--teacher-weight-decay", "require a teacher with a backbone", "--crop requires --views.",
            "--linear-probe requires a loss with a teacher", "--cache-limit requires --cache.", "--pretrain-views requires --pretrain.",
            "--pretrain-training-epochs cannot be used with --folds.", $"--student-weights: the file '{_folder.Path}' does not exist."])
            Assert.Contains(part, error, StringComparison.Ordinal);
    }

    private string[] Arguments(string output, params string[] more) =>
    [
        "--data", _images.Folder, "--output", output, "--student", "compact", "--folds", "3", "--epochs", "1", "--teacher-epochs", "1", "--batch-size", "4", .. more,
    ];

    private static string Table(string output) => output[output.IndexOf("test images", StringComparison.Ordinal)..];

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
