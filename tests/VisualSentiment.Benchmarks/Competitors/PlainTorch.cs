using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>
/// TorchSharp as others use it. Of the library it takes one thing: on systems where TorchSharp's native library asks for a newer
/// libstdc++ than there is, the runtime asks the library to load it. No environment variable, thread count or allocator is set.
/// </summary>
internal static class PlainTorch
{
    public static void Load()
    {
        RuntimeHelpers.RunModuleConstructor(typeof(Students).Module.ModuleHandle);
        Assembly torchSharp = typeof(torch).Assembly;
        NativeLibrary.TryLoad("torch_cpu", torchSharp, null, out _);
        NativeLibrary.Load("LibTorchSharp", torchSharp, null);
        torch.InitializeDeviceType(DeviceType.CPU);
        torch.manual_seed(1);
    }
}
