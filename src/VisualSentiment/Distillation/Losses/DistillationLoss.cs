using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment;

/// <summary>
/// The loss that a student minimizes. <see cref="DistillationLosses"/> has the built-in losses; derive from this class
/// to write your own.
/// </summary>
public abstract class DistillationLoss
{
    /// <summary>The label of unlabeled images, in place of a class index.</summary>
    public const long NoLabel = -1;

    /// <summary>Initializes the loss. Loads libtorch, so that a derived class can create tensors.</summary>
    protected DistillationLoss() : this(createsTensors: true)
    {
    }

    // A loss that stores no tensors does not need libtorch until it is computed.
    private protected DistillationLoss(bool createsTensors)
    {
        if (createsTensors)
            LibTorchBackend.EnsureLoaded();
    }

    /// <summary>Gets a short name with the settings for logs and the metadata of exported models.</summary>
    public abstract string Name { get; }

    /// <summary>Gets whether the loss depends on the teacher's logits.</summary>
    /// <value>true by default.</value>
    public virtual bool UsesTeacher => true;

    /// <summary>
    /// Gets whether the loss of a batch is the mean of the losses of its images. If so, the trainer may process the
    /// images of a batch on several threads, which more than halves the time. The loss is still computed for one
    /// image at a time, in the order of the batch, but not always on the same thread.
    /// </summary>
    /// <value>false by default.</value>
    public virtual bool IsMeanOverImages => false;

    /// <summary>The divisor of the teacher's logits; null if the loss has none.</summary>
    internal virtual double? Temperature => null;

    /// <summary>Computes the mean loss of a batch: a differentiable scalar.</summary>
    /// <param name="studentLogits">The student's logits, [N, C].</param>
    /// <param name="teacherLogits">The teacher's logits, [N, C], without gradients; zeros without a teacher.</param>
    /// <param name="labels">
    /// The class indices, [N], int64; <see cref="NoLabel"/> for unlabeled images, which only have teacher logits.
    /// </param>
    public abstract Tensor Compute(Tensor studentLogits, Tensor teacherLogits, Tensor labels);
}
