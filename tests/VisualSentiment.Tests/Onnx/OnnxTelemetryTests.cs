using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Onnx;

public sealed class OnnxTelemetryTests
{
    private const string Program = """
        using (var detector = SentimentDetector.Load(args[0]))
            Console.WriteLine(detector.Classes.Count);
        """;

    /// <summary>With telemetry, ONNX Runtime writes its session and a device identifier.</summary>
    [Fact]
    public void Onnx_runtime_starts_without_telemetry()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["student.onnx"], ExportedStudent.Create());
        using var process = new FreshProcess(Program, FolderLayout.OneSystem, backend: false);
        string home = Directory.CreateDirectory(folder["home"]).FullName;
        process.Environment["HOME"] = home;
        // ONNX Runtime has no telemetry in continuous integration.
        foreach (string name in (string[])["CI", "GITHUB_ACTIONS", "TF_BUILD", "XDG_CACHE_HOME"])
            process.Environment[name] = "";

        Assert.Equal(["3"], process.Run(folder["student.onnx"]));

        Assert.Empty(process.Leftovers);
        Assert.Empty(Directory.EnumerateFileSystemEntries(home));
    }
}
