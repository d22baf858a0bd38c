using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.LibTorch;

/// <summary>The devices that libtorch can use on this system.</summary>
internal static class TorchDevices
{
    /// <summary>Gets the device for an option.</summary>
    /// <exception cref="ArgumentException">The device is not available; the message names the available ones.</exception>
    public static DeviceType Resolve(TrainingDevice wanted)
    {
        LibTorchBackend.EnsureLoaded();
        // Without the check, TorchSharp would copy backends and print misleading messages.
        return Resolve(wanted, cuda: LibTorchBackend.HasCuda && cuda.is_available(), mps: mps_is_available()) switch
        {
            TrainingDevice.Cuda => DeviceType.CUDA,
            TrainingDevice.Mps => DeviceType.MPS,
            _ => DeviceType.CPU,
        };
    }

    /// <summary>The same for given devices, for tests.</summary>
    internal static TrainingDevice Resolve(TrainingDevice wanted, bool cuda, bool mps)
    {
        // The fastest first.
        (TrainingDevice Device, bool IsPresent)[] all =
            [(TrainingDevice.Cuda, cuda), (TrainingDevice.Mps, mps), (TrainingDevice.Cpu, true)];
        TrainingDevice[] available = [.. all.Where(device => device.IsPresent).Select(device => device.Device)];
        if (wanted == TrainingDevice.Auto)
            return available[0];
        return available.Contains(wanted) ? wanted : throw new ArgumentException(
            $"{nameof(ImageTrainingOptions.Device)} is {wanted}; available here: {string.Join(", ", available)}."
            + (wanted == TrainingDevice.Cuda
                ? " CUDA requires an NVIDIA GPU, its driver and a libtorch-cuda package of the version that TorchSharp uses." : ""));
    }
}
