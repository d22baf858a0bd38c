using System.Runtime.InteropServices;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>
/// The environment variables that native libraries read. On Unix they are separate from those of .NET, which are a
/// copy: a variable that is set here is not visible to .NET or to child processes.
/// </summary>
internal static partial class NativeEnvironment
{
    /// <summary>
    /// Makes the waiting threads of OpenMP sleep, unless the variable is set. They spin by default, and training then
    /// takes several times as long if another process needs a core. To be called before libtorch is loaded.
    /// </summary>
    public static void Prepare() => SetDefault("OMP_WAIT_POLICY", "PASSIVE");

    /// <summary>Sets a variable that is not set. Does nothing on Windows.</summary>
    public static void SetDefault(string name, string value)
    {
        if (!OperatingSystem.IsWindows())
            _ = SetVariable(name, Environment.GetEnvironmentVariable(name) ?? value, overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
