using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Losses;

internal static class Logits
{
    /// <summary>
    /// Converts half-precision logits to 32-bit floats, because exponentials and sums over classes need more than
    /// eleven bits. Gradients have the precision of the original logits.
    /// </summary>
    public static Tensor Widen(Tensor logits) =>
        logits.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? logits.to(ScalarType.Float32) : logits;

    /// <summary>Computes log softmax(x / T) over the classes; finite for all finite logits.</summary>
    public static Tensor LogProbabilities(Tensor logits, double temperature) =>
        (Widen(logits) / temperature).log_softmax(1);

    /// <summary>Computes KL(p || q) per row from log probabilities [N, C].</summary>
    public static Tensor Divergence(Tensor logP, Tensor logQ) => (logP.exp() * (logP - logQ)).sum(1);
}
