using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment;

/// <summary>
/// What a student minimizes. Derive from it to write a loss of your own; the built-in ones are in
/// <see cref="DistillationLosses"/>.
/// </summary>
public abstract class DistillationLoss
{
    /// <summary>Stands in place of the class index of an image without a label.</summary>
    public const long NoLabel = -1;

    /// <summary>Makes libtorch ready, so that a derived class may create tensors in its constructor.</summary>
    protected DistillationLoss() : this(createsTensors: true)
    {
    }

    // Describing a loss that creates no tensors before it computes must not load libtorch.
    private protected DistillationLoss(bool createsTensors)
    {
        if (createsTensors)
            LibTorchBackend.EnsureLoaded();
    }

    /// <summary>A short name with the settings, for logs and the metadata of exported models.</summary>
    public abstract string Name { get; }

    /// <summary>False for a loss that looks at the labels alone and therefore needs no teacher.</summary>
    public virtual bool UsesTeacher => true;

    /// <summary>
    /// True promises that the loss of a batch is the mean of its images' own losses. The trainer then may work on single
    /// images of a batch, on several threads, which takes less than half the time. The loss is still computed for one image
    /// at a time, in the order of the batch, but not always on the same thread.
    /// </summary>
    public virtual bool IsMeanOverImages => false;

    /// <summary>The temperature that the teacher's logits are divided by; null for a loss without one.</summary>
    internal virtual double? Temperature => null;

    /// <summary>Computes the mean loss of a batch, a scalar that gradients flow back from.</summary>
    /// <param name="studentLogits">The student's logits, [N, C].</param>
    /// <param name="teacherLogits">The teacher's logits, [N, C], without gradients; zeros where no teacher is used.</param>
    /// <param name="labels">
    /// The class indices, [N], 64-bit integers; <see cref="NoLabel"/> for an image without a label, about which the teacher
    /// alone speaks.
    /// </param>
    public abstract Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels);
}
