namespace VisualSentiment;

/// <summary>Specifies the device that is used for training.</summary>
public enum TrainingDevice
{
    /// <summary>An NVIDIA GPU if the application contains a CUDA backend, else a Mac GPU, else the CPU.</summary>
    Auto,

    /// <summary>The CPU, the only device on which results with the same seed are identical.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU; requires a libtorch-cuda package.</summary>
    Cuda,

    /// <summary>The GPU of a Mac with Apple silicon (Metal).</summary>
    Mps,
}
