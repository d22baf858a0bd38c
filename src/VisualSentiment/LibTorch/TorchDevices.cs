using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.LibTorch;

/// <summary>The devices that libtorch can compute on here.</summary>
internal static class TorchDevices
{
    /// <summary>The device that an option asks for.</summary>
    /// <exception cref="ArgumentException">It is not available; the message names what is.</exception>
    public static DeviceType Resolve(TrainingDevice wanted)
    {
        LibTorchBackend.EnsureLoaded();
        // Asked for CUDA without its library, TorchSharp would copy backends and print a misleading text.
        return Resolve(wanted, cuda: LibTorchBackend.HasCuda && cuda.is_available(), mps: mps_is_available()) switch
        {
            TrainingDevice.Cuda => DeviceType.CUDA,
            TrainingDevice.Mps => DeviceType.MPS,
            _ => DeviceType.CPU,
        };
    }

    /// <summary>As above, with what there is given, for tests.</summary>
    internal static TrainingDevice Resolve(TrainingDevice wanted, bool cuda, bool mps)
    {
        // The best comes first.
        List<TrainingDevice> available = [];
        if (cuda)
            available.Add(TrainingDevice.Cuda);
        if (mps)
            available.Add(TrainingDevice.Mps);
        available.Add(TrainingDevice.Cpu);
        if (wanted == TrainingDevice.Auto)
            return available[0];
        return available.Contains(wanted) ? wanted : throw new ArgumentException(
            $"{nameof(ImageTrainingOptions.Device)} is {wanted}, but available here: {string.Join(", ", available)}."
            + (wanted == TrainingDevice.Cuda ? " CUDA needs an NVIDIA GPU, its driver and a libtorch-cuda package of the version that TorchSharp names." : ""));
    }
}
