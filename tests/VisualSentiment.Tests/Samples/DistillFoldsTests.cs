using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
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
    public void A_stopped_run_reports_its_progress_and_ends_with_the_same_table_when_it_is_resumed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot send a signal to a process.");
        string whole = _folder["whole"], stopped = _folder["stopped"];
        var uninterrupted = SampleProgram.Run("Distill", Arguments(whole));
        Assert.Equal(0, uninterrupted.ExitCode);

        using (Process first = SampleProgram.Start("Distill", Arguments(stopped)))
        {
            while (first.StandardOutput.ReadLine() is { } line && !line.StartsWith("seed 1, fold 1 of 3", StringComparison.Ordinal))
            {
            }
            Assert.Equal(0, Signal(first.Id, Terminate));
            var (exitCode, _, error) = SampleProgram.ReadToEnd(first);
            Assert.Equal(Canceled, exitCode);
            // Another fold may be done before the signal arrives.
            Assert.Matches($"Stopped. [12] of 3 folds are done and written to {Regex.Escape(Path.Combine(stopped, "folds.json"))}", error);
        }
        string afterStop = File.ReadAllText(Path.Combine(stopped, "folds.md"));
        var resumed = SampleProgram.Run("Distill", Arguments(stopped));

        Assert.Equal(0, resumed.ExitCode);
        Assert.Contains("from an earlier run", resumed.Output, StringComparison.Ordinal);
        Assert.NotEqual(File.ReadAllText(Path.Combine(whole, "folds.md")), afterStop);
        Assert.Equal(File.ReadAllText(Path.Combine(whole, "folds.md")), File.ReadAllText(Path.Combine(stopped, "folds.md")));
        Assert.Equal(WithoutTimes(Path.Combine(whole, "folds.json")), WithoutTimes(Path.Combine(stopped, "folds.json")));
        Assert.EndsWith(Table(uninterrupted.Output), resumed.Output.Replace(stopped, whole, StringComparison.Ordinal), StringComparison.Ordinal);

        var other = SampleProgram.Run("Distill", Arguments(stopped, "--temperature", "2"));
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("  - temperature: 4 there, 2 now", other.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("epochs", other.Error, StringComparison.Ordinal);

        string hot = _folder["hot"];
        var compared = SampleProgram.Run("Distill", Arguments(hot, "--temperature", "2", "--no-hard-labels", "--compare", Path.Combine(whole, "folds.json")));
        Assert.Equal(0, compared.ExitCode);
        Assert.DoesNotContain("hard labels only", compared.Output, StringComparison.Ordinal);
        Assert.Matches(@"\| whole \| temperature: 4 \| 3 \| [0-9.]+% \| [0-9.]+% \| [-+0-9.]+ \([-+0-9.]+ to [-+0-9.]+\) \|", compared.Output);

        File.WriteAllText(Path.Combine(stopped, "folds.json"), "{");
        Assert.Contains("cannot be used", SampleProgram.Run("Distill", Arguments(stopped)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Students_with_the_weights_of_an_earlier_run_give_the_same_results_as_in_that_run()
    {
        string backbone = _folder["backbone.onnx"], first = _folder["first"], again = _folder["again"], students = Path.Combine(first, "students");
        TinyBackbone.Write(backbone);
        string[] Run(string output, params string[] more) => Arguments(output, ["--folds", "2", "--teacher", $"onnx:{backbone}", "--views", "2", "--no-hard-labels", .. more]);

        Assert.Equal(0, SampleProgram.Run("Distill", Run(first, "--pretrain-training-epochs", "2")).ExitCode);
        Assert.Equal(0, SampleProgram.Run("Distill", Run(again, "--student-weights", students)).ExitCode);

        Assert.Equal(["seed1-fold1.safetensors", "seed1-fold2.safetensors"], Directory.GetFiles(students).Select(Path.GetFileName).Order());
        Assert.Equal(File.ReadAllText(Path.Combine(first, "folds.md")), File.ReadAllText(Path.Combine(again, "folds.md")));
        Assert.Contains($"--student-weights has no student for seed 2, fold 1 of 2: '{Path.Combine(students, "seed2-fold1.safetensors")}'",
            SampleProgram.Run("Distill", Run(_folder["more"], "--student-weights", students, "--seeds", "2")).Error, StringComparison.Ordinal);
        Assert.Equal(0, SampleProgram.Run("Distill", Run(_folder["features"], "--student-weights", students, "--features", "1")).ExitCode);
        Assert.NotEqual(File.ReadAllText(Path.Combine(first, "folds.md")), File.ReadAllText(Path.Combine(_folder["features"], "folds.md")));
        Assert.Equal(0, SampleProgram.Run("Distill", Run(_folder["probe"], "--student-weights", students, "--linear-probe", "--crop", "0.7", "--teacher-weight-decay", "1")).ExitCode);
        Assert.Contains("\"linearProbe\": \"true\"", File.ReadAllText(Path.Combine(_folder["probe"], "folds.json")), StringComparison.Ordinal);
        Assert.Contains("\"minCropArea\": \"0.7\"", File.ReadAllText(Path.Combine(_folder["probe"], "folds.json")), StringComparison.Ordinal);
        Assert.Contains("\"teacherWeightDecay\": \"1\"", File.ReadAllText(Path.Combine(_folder["probe"], "folds.json")), StringComparison.Ordinal);
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
            "already have --pretrain-training-epochs"])
            Assert.Contains(part, error, StringComparison.Ordinal);
    }

    private static string WithoutTimes(string path) => Regex.Replace(File.ReadAllText(path), "\"elapsed\": \"[^\"]*\"", "");

    private string[] Arguments(string output, params string[] more) =>
    [
        "--data", _images.Folder, "--output", output, "--student", "compact", .. more.Contains("--folds") ? [] : (string[])["--folds", "3"], "--epochs", "1", "--teacher-epochs", "1", "--batch-size", "4", .. more,
    ];

    private static string Table(string output) => output[output.IndexOf("test images", StringComparison.Ordinal)..];

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
