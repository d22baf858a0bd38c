using static TorchSharp.torch;

namespace VisualSentiment.Distillation.Losses;

/// <summary>What losses have in common in the way they read logits.</summary>
internal static class Logits
{
    /// <summary>
    /// Half-precision logits as 32-bit floats; others as they are. Exponentials and sums over classes lose too much in eleven
    /// bits or fewer. Gradients flow back in the precision of the logits.
    /// </summary>
    public static Tensor Widen(Tensor logits) =>
        logits.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? logits.to(ScalarType.Float32) : logits;

    /// <summary>log softmax(x / T) over the classes; finite for all finite logits, also where the probability is 0.</summary>
    public static Tensor LogProbabilities(Tensor logits, double temperature) => (Widen(logits) / temperature).log_softmax(1);

    /// <summary>KL(p || q), row by row, from logarithms of probabilities [N, C]. A p of 0 counts as 0.</summary>
    public static Tensor Divergence(Tensor logP, Tensor logQ) => (logP.exp() * (logP - logQ)).sum(1);
}
