using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using VisualSentiment.Benchmarks.Processes;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>
/// TorchSharp without the library's settings of environment variables, threads and allocator. Only the library's loader is used: it
/// loads TorchSharp on systems whose libstdc++ is older than TorchSharp needs. Uses an NVIDIA GPU where the library does.
/// </summary>
internal static partial class PlainTorch
{
    /// <summary>Loads TorchSharp and returns the device to compute on.</summary>
    public static DeviceType Load()
    {
        RuntimeHelpers.RunModuleConstructor(typeof(Students).Module.ModuleHandle);
        Assembly torchSharp = typeof(torch).Assembly;
        // OpenMP reads its variables while it is loaded, before the library sets them. libtorch reads its own at the first tensor; they
        // are removed before that.
        NativeLibrary.TryLoad("torch_cpu", torchSharp, null, out _);
        bool cuda = NativeLibrary.TryLoad("torch_cuda", torchSharp, null, out _);
        NativeLibrary.Load("LibTorchSharp", torchSharp, null);
        if (!OperatingSystem.IsWindows())
            foreach (string variable in Worker.Unset)
                _ = UnsetVariable(variable);
        torch.InitializeDeviceType(DeviceType.CPU);
        torch.manual_seed(1);
        return cuda && torch.cuda.is_available() ? DeviceType.CUDA : DeviceType.CPU;
    }

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetVariable(string name);
}
