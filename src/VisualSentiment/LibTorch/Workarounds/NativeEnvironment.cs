using System.Runtime.InteropServices;

namespace VisualSentiment.LibTorch.Workarounds;

/// <summary>
/// A setting that OpenMP reads from the environment when libtorch is loaded. On Unix, .NET's own copy of the environment does
/// not reach native libraries, nor does what is set here reach .NET or child processes.
/// </summary>
internal static partial class NativeEnvironment
{
    private const string WaitPolicy = "OMP_WAIT_POLICY";

    /// <summary>
    /// Has waiting threads give their core away, unless the user has set something else. Spinning ones, the default, make
    /// training several times slower as soon as another program wants a core. To be called before libtorch is loaded.
    /// </summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetVariable(WaitPolicy, Environment.GetEnvironmentVariable(WaitPolicy) ?? "PASSIVE", overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
