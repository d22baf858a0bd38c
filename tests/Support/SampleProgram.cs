using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace VisualSentiment.Tests.Support;

/// <summary>The tool, a program of <c>samples/</c>, or the program that makes the paper's tables, run as a process.</summary>
internal static partial class SampleProgram
{
    public const string PaperTables = "VisualSentiment.PaperTables", Tool = "VisualSentiment.Tool";

    public static (int ExitCode, string Output, string Error) Run(string name, params string[] arguments)
    {
        using Process process = Start(name, arguments);
        return ReadToEnd(process);
    }

    /// <summary>Runs the program in a folder.</summary>
    public static (int ExitCode, string Output, string Error) RunIn(
        string folder, string name, params string[] arguments)
    {
        using Process process = Start(maxMegabytes: null, name, arguments, folder);
        return ReadToEnd(process);
    }

    /// <summary>Runs the program with a limit on the memory of its own; on Linux.</summary>
    public static (int ExitCode, string Output, string Error) RunLimited(int maxMegabytes, string name, params string[] arguments)
    {
        using Process process = Start(maxMegabytes, name, arguments, folder: "");
        return ReadToEnd(process);
    }

    /// <summary>Runs the program with an empty PATH.</summary>
    public static (int ExitCode, string Output, string Error) RunWithoutPath(string name, params string[] arguments)
    {
        using Process process = Start(maxMegabytes: null, name, arguments, folder: "", path: "");
        return ReadToEnd(process);
    }

    /// <summary>Starts the program; its output and errors are to be read.</summary>
    public static Process Start(string name, params string[] arguments) => Start(maxMegabytes: null, name, arguments, folder: "");

    /// <summary>Asks the program to stop, as Ctrl+C does; not on Windows.</summary>
    public static void Terminate(Process process)
    {
        // Not SIGINT, which programs in the background of a shell ignore.
        const int Signal = 15;
        Assert.Equal(0, Kill(process.Id, Signal));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    /// <summary>The path of the program's DLL.</summary>
    public static string PathOf(string name)
    {
        // The tests' own bin/Debug/net10.0 says how the sample was built.
        string[] build = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^2..];
        string parent = name switch { PaperTables => "tests", Tool => "src", _ => "samples" };
        return Path.Combine(SharedFolder.RepositoryRoot(), parent, name, "bin", build[0], build[1], $"{name}.dll");
    }

    private static Process Start(
        int? maxMegabytes, string name, string[] arguments, string folder, string? path = null)
    {
        ProcessStartInfo start = LimitedProcess.Create(maxMegabytes, [PathOf(name), .. arguments]);
        start.WorkingDirectory = folder;
        start.StandardOutputEncoding = Encoding.UTF8;
        // Networks as small as those of samples are not worth a second thread, least of all on a busy machine.
        start.Environment["OMP_NUM_THREADS"] = "1";
        if (path is not null)
            start.Environment["PATH"] = path;
        return Process.Start(start)!;
    }

    /// <summary>Waits for the program's end; what was read of its output before is not in the result.</summary>
    public static (int ExitCode, string Output, string Error) ReadToEnd(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.ReplaceLineEndings("\n"), error.Result);
    }
}
