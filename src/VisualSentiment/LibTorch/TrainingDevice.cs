namespace VisualSentiment;

/// <summary>The device that is used for training.</summary>
public enum TrainingDevice
{
    /// <summary>An NVIDIA GPU if the application contains a CUDA backend, else the GPU of a Mac, else the CPU.</summary>
    Auto,

    /// <summary>The CPU. Only here are results with the same seed identical.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU; requires a libtorch-cuda package.</summary>
    Cuda,

    /// <summary>The GPU of a Mac with Apple silicon (Metal).</summary>
    Mps,
}
