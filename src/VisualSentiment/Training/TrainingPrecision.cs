using System.Diagnostics.CodeAnalysis;

namespace VisualSentiment;

/// <summary>The numbers that a training step is computed in.</summary>
public enum TrainingPrecision
{
    /// <summary>32 bits. What a seed leads to does not depend on whether the processor has instructions for shorter numbers.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "It is what the field and libtorch call it.")]
    Float32,

    /// <summary>
    /// A network's forward and backward pass in bfloat16, 16 bits with the range of 32 and 8 bits of precision, where the
    /// processor has instructions for it (AVX512_BF16). Weights, loss, sums of gradients, optimiser, validation, checkpoints and
    /// the exported student stay in 32 bits.
    /// </summary>
    /// <remarks>
    /// It is for networks that the processor trains picture by picture: those made of modules of TorchSharp's without batch
    /// normalisation and dropout, such as the paper's student, with a loss that is a mean over pictures, and without a teacher who
    /// looks at mixed pictures. Others are trained in 32 bits, and so is a network whose gradients in bfloat16 are found
    /// to be others; the log says so. A processor without the instructions trains in 32 bits with a warning in the log, since
    /// bfloat16 would only be slower there.
    /// </remarks>
    BFloat16,
}
