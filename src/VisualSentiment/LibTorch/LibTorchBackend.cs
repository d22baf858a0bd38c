using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;
using VisualSentiment.LibTorch.Workarounds;

namespace VisualSentiment.LibTorch;

/// <summary>
/// Loads libtorch before the first use of TorchSharp. All code that computes with tensors calls <see
/// cref="EnsureLoaded"/> first; code that only predicts never does.
/// </summary>
internal static class LibTorchBackend
{
    /// <summary>The native library of TorchSharp, which uses libtorch.</summary>
    public const string Shim = RelaxedShim.Shim;

    private static readonly Lock Gate = new();
    private static bool _loaded;

    /// <summary>Whether the application contains a CUDA backend; valid after libtorch is loaded.</summary>
    public static bool HasCuda { get; private set; }

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
            // On its own, TorchSharp would print misleading messages and copy the backend.
            LoadShim();
            try
            {
                torch.InitializeDeviceType(DeviceType.CPU);
            }
            catch (TypeInitializationException e)
            {
                throw new LibTorchUnavailableException(LibTorchDiagnosis.ExplainEarlierFailure(), e);
            }
            Volatile.Write(ref _loaded, true);
        }
    }

    private static void LoadShim()
    {
        NativeEnvironment.Prepare();
        Assembly torchSharp = typeof(torch).Assembly;
        // CUDA is available only if its library is loaded before the first tensor is created.
        NativeLibrary.TryLoad("torch_cpu", torchSharp, null, out _);
        HasCuda = NativeLibrary.TryLoad("torch_cuda", torchSharp, null, out _);
        try
        {
            NativeLibrary.Load(Shim, torchSharp, null);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new LibTorchUnavailableException(LibTorchDiagnosis.Explain(RelaxedShim.Refusal ?? e.Message), e);
        }
    }
}
