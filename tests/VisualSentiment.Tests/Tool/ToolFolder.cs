using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Tool;

/// <summary>A folder with a model, in which the tool runs.</summary>
internal sealed class ToolFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ToolFolder(byte[]? model = null)
    {
        Model = _folder["student.onnx"];
        File.WriteAllBytes(Model, model ?? ExportedStudent.Create());
    }

    public string Model { get; }

    public string this[string relativePath] => _folder[relativePath];

    /// <summary>The path of a file that may not exist; no folder is created.</summary>
    public string PathOf(string relativePath) => Path.Combine(_folder.Path, relativePath);

    public (int ExitCode, string Output, string Error) Run(params string[] arguments) =>
        SampleProgram.RunIn(_folder.Path, SampleProgram.Tool, arguments);

    /// <summary>Runs the tool and requires an exit code and one line of errors that contains a text.</summary>
    public void Fails(int exitCode, string message, params string[] arguments)
    {
        var run = Run(arguments);
        Assert.True(exitCode == run.ExitCode, $"{run.ExitCode}: {run.Output}{run.Error}");
        string line = Assert.Single(run.Error.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
        Assert.Contains(message, line, StringComparison.Ordinal);
    }

    /// <summary>Runs the tool, requires success, and returns its output.</summary>
    public string RunToEnd(params string[] arguments)
    {
        var (exitCode, output, error) = Run(arguments);
        Assert.True(exitCode == 0, error);
        return output;
    }

    public void Dispose() => _folder.Dispose();
}
