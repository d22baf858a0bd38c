using System.Runtime.InteropServices;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>
/// Sets an environment variable that OpenMP reads when libtorch is loaded. On Unix, .NET's copy of the environment is
/// separate from that of native libraries; neither .NET nor child processes are affected.
/// </summary>
internal static partial class NativeEnvironment
{
    private const string WaitPolicy = "OMP_WAIT_POLICY";

    /// <summary>
    /// Makes waiting threads yield their core, unless the user has set the variable. With the default, spinning, training is
    /// several times slower as soon as another program needs a core. Must be called before libtorch is loaded.
    /// </summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetVariable(WaitPolicy, Environment.GetEnvironmentVariable(WaitPolicy) ?? "PASSIVE", overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
