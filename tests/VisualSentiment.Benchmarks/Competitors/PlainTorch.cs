using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using VisualSentiment.Benchmarks.Processes;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>
/// TorchSharp as others use it. Of the library it takes one thing: on systems where TorchSharp's native library asks for a newer
/// libstdc++ than there is, the runtime asks the library to load it. No environment variable, thread count or allocator is set.
/// It computes on an NVIDIA GPU where the library would.
/// </summary>
internal static partial class PlainTorch
{
    /// <summary>Loads it, and tells what to compute on.</summary>
    public static DeviceType Load()
    {
        RuntimeHelpers.RunModuleConstructor(typeof(Students).Module.ModuleHandle);
        Assembly torchSharp = typeof(torch).Assembly;
        // OpenMP reads its settings while this is loaded, libtorch its own at the first tensor: what the library sets on the way
        // comes too late for the one and is taken back for the other.
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
