using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace VisualSentiment.Tests.Support;

/// <summary>
/// A program of an application, compiled and run as a process of its own on Linux, in a folder that links to the files that
/// the tests were built with. What it knows of the library is public.
/// </summary>
internal sealed class FreshProcess : IDisposable
{
    private const string Usings = """
        global using System;
        global using System.IO;
        global using System.Linq;
        global using VisualSentiment;

        """;

    private static readonly string Name = typeof(FreshProcess).Assembly.GetName().Name!;

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _host;

    public FreshProcess(string program, FolderLayout layout, bool backend = true)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc and lays out a folder for Linux");
        string tests = AppContext.BaseDirectory, natives = Path.Combine(tests, "runtimes", "linux-x64", "native");
        foreach (string library in Directory.EnumerateFiles(tests, "*.dll"))
            Link(library, Path.GetFileName(library));
        string target = layout == FolderLayout.OneSystem ? "" : "runtimes/linux-x64/native/";
        foreach (string native in Directory.EnumerateFiles(natives).Where(file => backend || !IsBackend(Path.GetFileName(file))))
            Link(native, target + Path.GetFileName(native));
        Compile(program, _folder["application.dll"]);

        // A build for every system says in its manifest where the natives of each lie; a build for one puts them beside it.
        string configuration = Path.Combine(tests, $"{Name}.runtimeconfig.json");
        _host = ["exec", "--runtimeconfig", configuration];
        if (layout == FolderLayout.EverySystem)
        {
            foreach (string other in Directory.EnumerateDirectories(Path.Combine(tests, "runtimes")).Where(d => !d.EndsWith("linux-x64", StringComparison.Ordinal)))
                Link(other, $"runtimes/{Path.GetFileName(other)}");
            Link(Path.Combine(tests, $"{Name}.deps.json"), "application.deps.json");
        }
    }

    /// <summary>What TorchSharp or the library would leave behind: temporary files, and copies beside the application.</summary>
    public IEnumerable<string> Leftovers =>
        Directory.EnumerateFileSystemEntries(_folder["temporary/"]).Concat(
            Directory.EnumerateDirectories(_folder.Path, "cpu", SearchOption.AllDirectories));

    /// <summary>Changes to the environment of the process.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The memory of its own that the process may have, in MB; null for any.</summary>
    public int? MaxMegabytes { get; init; }

    /// <summary>The lines that the program wrote, on both streams; it has to end well.</summary>
    public string[] Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Starts the program; both of its streams are to be read.</summary>
    public Process Start(params string[] arguments)
    {
        var start = LimitedProcess.Create(MaxMegabytes, [.. _host, _folder["application.dll"], .. arguments]);
        start.Environment["TMPDIR"] = _folder["temporary/"];
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // its sockets are temporary files
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public void Dispose() => _folder.Dispose();

    private void Link(string file, string name) => File.CreateSymbolicLink(_folder[name], file);

    private static bool IsBackend(string file) =>
        file.StartsWith("libtorch", StringComparison.Ordinal) || file.StartsWith("libc10", StringComparison.Ordinal);

    private static void Compile(string program, string path)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file));
        var result = CSharpCompilation.Create("application", [CSharpSyntaxTree.ParseText(Usings + program)], references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication)).Emit(path);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
    }
}
