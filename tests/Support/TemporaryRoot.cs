using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: AssemblyFixture(typeof(VisualSentiment.Tests.Support.TemporaryRoot))]

namespace VisualSentiment.Tests.Support;

/// <summary>The temporary folder of the test run and of the processes it starts. A run that leaves a file in it fails.</summary>
public sealed class TemporaryRoot : IDisposable
{
    private const string Prefix = "visualsentiment-tests-", Lock = ".lock";

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly PosixSignalRegistration _termination;

    public TemporaryRoot()
    {
        DeleteAbandoned();
        _path = Directory.CreateTempSubdirectory(Prefix).FullName;
        _lock = new FileStream(Path.Combine(_path, Lock), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        foreach (string variable in (string[])["TMPDIR", "TMP", "TEMP"])
            Environment.SetEnvironmentVariable(variable, _path);
        // The runtime's diagnostics create sockets there, which a killed process leaves.
        Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", "0");
        // Turns off the telemetry of ONNX Runtime, also for tests that create sessions without the library.
        RuntimeHelpers.RunModuleConstructor(typeof(SentimentDetector).Module.ModuleHandle);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Delete();
        // SIGTERM ends a process without ProcessExit.
        _termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Delete());
    }

    public void Dispose()
    {
        _termination.Dispose();
        string[] left = [.. Directory.EnumerateFileSystemEntries(_path).Select(path => Path.GetFileName(path)).Where(name => name != Lock)];
        if (left.Length > 0)
            throw new InvalidOperationException($"The tests left files in the temporary folder: {string.Join(", ", left)}.");
    }

    private void Delete()
    {
        _lock.Dispose();
        TryDelete(_path);
    }

    // A killed run leaves its folder.
    private static void DeleteAbandoned()
    {
        foreach (string folder in Directory.GetDirectories(Path.GetTempPath(), Prefix + "*").Where(IsAbandoned))
            TryDelete(folder);
    }

    private static bool IsAbandoned(string folder)
    {
        string file = Path.Combine(folder, Lock);
        // A test that was still running may have created the folder again, without the lock.
        if (!File.Exists(file))
            return Directory.GetLastWriteTimeUtc(folder) < DateTime.UtcNow.AddHours(-1);
        try
        {
            new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void TryDelete(string folder)
    {
        for (int attempt = 0; attempt < 10; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The tests of an interrupted run may still write to it.
                Thread.Sleep(50);
            }
        }
    }
}
