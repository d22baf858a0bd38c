using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace VisualSentiment.LibTorch;

/// <summary>
/// Loads libtorch before the first use of TorchSharp. Everything in the library that computes with tensors calls
/// <see cref="EnsureLoaded"/> first; code that only predicts never does.
/// </summary>
internal static class LibTorchBackend
{
    /// <summary>The libstdc++ version that TorchSharp's native library names although it needs no symbol of it.</summary>
    private const string NeedlessVersion = "GLIBCXX_3.4.32";

    private const string Shim = "LibTorchSharp";

    private static readonly Lock Gate = new();
    private static bool _loaded;

    /// <summary>Loads libtorch once per process.</summary>
    /// <exception cref="LibTorchUnavailableException">No backend can be loaded; the message lists the causes.</exception>
    public static void EnsureLoaded()
    {
        if (Volatile.Read(ref _loaded))
            return;

        lock (Gate)
        {
            if (_loaded)
                return;
            LoadShim();
            try
            {
                torch.InitializeDeviceType(DeviceType.CPU);
            }
            catch (Exception e) when (e is NotSupportedException or TypeInitializationException or DllNotFoundException)
            {
                throw new LibTorchUnavailableException(LibTorchDiagnosis.Explain(e.Message), e);
            }
            Volatile.Write(ref _loaded, true);
        }
    }

    private static void LoadShim()
    {
        Assembly torchSharp = typeof(torch).Assembly;
        foreach (string backend in (string[])["torch_cpu", "torch_cuda"])
            NativeLibrary.TryLoad(backend, torchSharp, null, out _);

        string reason;
        try
        {
            NativeLibrary.Load(Shim, torchSharp, null);
            return;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            reason = e.Message;
        }

        // A version that is missing in libstdc++ but not needed: the library is loaded from a copy in memory whose
        // demand is marked weak. TorchSharp then finds it by its soname, also when it is asked for later.
        if (!OperatingSystem.IsLinux() || !reason.Contains(NeedlessVersion, StringComparison.Ordinal)
            || NativeLibraries.Find($"lib{Shim}.so") is not { } path)
            throw new LibTorchUnavailableException(LibTorchDiagnosis.Explain(reason));

        // A CPU backend has the first three; a CUDA backend all of them. The shim resolves them by soname.
        foreach (string dependency in (string[])["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"])
            if (NativeLibraries.Find(dependency) is { } dependencyPath)
                NativeLibrary.TryLoad(dependencyPath, out _);

        byte[] image = File.ReadAllBytes(path);
        if (!ElfVersionNeeds.MarkWeak(image, NeedlessVersion) || !AnonymousLibrary.TryLoad($"lib{Shim}.so", image, out string? error))
            throw new LibTorchUnavailableException(LibTorchDiagnosis.Explain(reason));
        if (error is not null)
            throw new LibTorchUnavailableException(LibTorchDiagnosis.Explain(error));
    }
}
