using System.Runtime.CompilerServices;
using VisualSentiment.Tests.Support;

[assembly: AssemblyFixture(typeof(TemporaryRoot))]

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
        // Turns off the telemetry of ONNX Runtime, also for tests that create sessions without the library.
        RuntimeHelpers.RunModuleConstructor(typeof(SentimentDetector).Module.ModuleHandle);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Root, recursive: true);
    }

    public void Dispose()
    {
        string[] left = [.. Directory.EnumerateFileSystemEntries(Root).Select(path => Path.GetFileName(path))];
        if (left.Length > 0)
            throw new InvalidOperationException($"The tests left in the temporary folder: {string.Join(", ", left)}.");
    }
}
