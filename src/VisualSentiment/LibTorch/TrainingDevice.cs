namespace VisualSentiment;

/// <summary>What computes while training.</summary>
public enum TrainingDevice
{
    /// <summary>An NVIDIA GPU where the application brings a CUDA backend and finds one, else Apple's GPU, else the processor.</summary>
    Auto,

    /// <summary>The processor. Only here does the same seed give the same bits.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU; needs a libtorch-cuda package.</summary>
    Cuda,

    /// <summary>The GPU of a Mac with Apple silicon (Metal).</summary>
    Mps,
}
