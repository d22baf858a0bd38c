using System.Diagnostics;
using System.Text;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Packaging;

/// <summary>The <c>dotnet</c> command, run to its end.</summary>
internal static class DotNetCommand
{
    /// <summary>
    /// Runs it without servers that would outlive it; the output holds both streams. Skips the running test where no
    /// package registry answers.
    /// </summary>
    public static (int ExitCode, string Output) Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        // What the command that runs the tests has told its own children is not meant for these.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        // MSBuild and NuGet leave files behind.
        using var temporary = new TemporaryFolder();
        start.Environment["TMPDIR"] = temporary.Path;

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        output = (output + error.Result).ReplaceLineEndings("\n");
        Assert.SkipWhen(process.ExitCode != 0 && output.Contains("NU1301", StringComparison.Ordinal),
            "needs a package registry, and none answers");
        return (process.ExitCode, output);
    }
}
