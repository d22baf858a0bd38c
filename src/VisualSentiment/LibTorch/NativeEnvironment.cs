using System.Runtime.InteropServices;

namespace VisualSentiment.LibTorch;

/// <summary>
/// Settings that libtorch and its OpenMP read from the environment when they are loaded. On Unix, .NET's own copy of the
/// environment does not reach native libraries, nor do these settings reach .NET or child processes.
/// </summary>
internal static partial class NativeEnvironment
{
    // Waiting threads give their core away. Spinning ones, the default, make training ten times slower as soon as
    // another program wants a core; on an idle machine the difference cannot be measured.
    // Large tensors in huge pages: fewer page faults and fewer misses of the address cache.
    private static readonly (string Name, string Value)[] Settings = [("OMP_WAIT_POLICY", "PASSIVE"), ("THP_MEM_ALLOC_ENABLE", "1")];

    /// <summary>Makes the settings, except where the user has made them. To be called before libtorch is loaded.</summary>
    public static void Prepare()
    {
        if (OperatingSystem.IsWindows())
            return;
        foreach (var (name, value) in Settings)
            _ = SetVariable(name, Environment.GetEnvironmentVariable(name) ?? value, overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
