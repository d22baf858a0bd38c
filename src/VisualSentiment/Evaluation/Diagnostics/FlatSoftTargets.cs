using System.Globalization;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Diagnostics;

/// <summary>Soft targets that are close to uniform, and so carry little information.</summary>
internal static class FlatSoftTargets
{
    /// <summary>
    /// From this share of ln C on, targets count as flat. It is what a teacher that is 70% sure of one of six classes gives
    /// at T = 2.6: its winner keeps 34%, and every other class gets 13%.
    /// </summary>
    private const double FlatEntropy = 0.95;

    public static DistillationFinding? Find(TrainingDiagnostics diagnostics) =>
        diagnostics is { SoftTargetEntropy: >= FlatEntropy and var entropy, Temperature: var temperature }
            ? new DistillationFinding(DistillationFindingKind.SoftTargetsTooFlat, string.Create(CultureInfo.InvariantCulture,
                $"Soft targets are too flat at T = {temperature:0.##}: their mean entropy is {Format.Percent(entropy)} of that of the uniform distribution, so they carry little information. ")
                + "Lower the temperature, or use a loss that standardizes logits.")
            : null;
}
