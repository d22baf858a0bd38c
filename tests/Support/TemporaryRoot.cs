using System.Runtime.CompilerServices;

[assembly: AssemblyFixture(typeof(VisualSentiment.Tests.Support.TemporaryRoot))]

namespace VisualSentiment.Tests.Support;

/// <summary>The temporary folder of the test run and the processes it starts. A run that leaves anything in it fails.</summary>
public sealed class TemporaryRoot : IDisposable
{
    private static readonly string Root = Directory.CreateTempSubdirectory("visualsentiment-tests-").FullName;

    [ModuleInitializer]
    internal static void Set()
    {
        foreach (string variable in (string[])["TMPDIR", "TMP", "TEMP"])
            Environment.SetEnvironmentVariable(variable, Root);
        // The runtime's diagnostics put sockets there, which a killed process leaves.
        Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", "0");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Root, recursive: true);
    }

    public void Dispose()
    {
        // ONNX Runtime keeps the session of its telemetry in .ses.
        string[] left = [.. Directory.EnumerateFileSystemEntries(Root).Select(path => Path.GetFileName(path)).Where(name => name != ".ses")];
        if (left.Length > 0)
            throw new InvalidOperationException($"The tests left in the temporary folder: {string.Join(", ", left)}.");
    }
}
