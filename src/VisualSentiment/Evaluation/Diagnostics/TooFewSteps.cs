using VisualSentiment.Evaluation.Statistics;
using VisualSentiment.Quantization;

namespace VisualSentiment.Evaluation.Diagnostics;

/// <summary>A training that ended while its loss was still falling.</summary>
internal static class TooFewSteps
{
    private const double StillFalling = 0.1;

    /// <summary>
    /// The share of the whole fall of the loss that fell to the last quarter of the epochs. It is measured against the fall
    /// and not against the loss, because the cross-entropy with soft targets never falls below the targets' own entropy.
    /// </summary>
    /// <returns>Null for a single epoch, or where the loss did not fall.</returns>
    public static double? LateLossFall(IReadOnlyList<EpochResult> history)
    {
        if (history.Count < 2)
            return null;
        int quarter = (history.Count + 3) / 4;
        double last = history[^1].Loss, fall = history[0].Loss - last;
        return fall > 0 ? Math.Clamp((history[^(quarter + 1)].Loss - last) / fall, 0, 1) : null;
    }

    public static DistillationFinding? Find(TrainingDiagnostics diagnostics) => diagnostics.LateLossFall is >= StillFalling and var share
        ? new DistillationFinding(DistillationFindingKind.TooFewSteps,
            $"Training stopped too early: {Format.Percent(share)} of the fall of the training loss came in the last quarter of the epochs. Train longer.")
        : null;
}
