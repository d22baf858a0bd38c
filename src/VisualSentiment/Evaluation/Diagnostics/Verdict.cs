using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Diagnostics;

internal enum VerdictKind
{
    NoDifferenceShown,
    Better,
    Worse,
}

/// <summary>Whether the distilled student is better than a student on labels only.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Message">The kind in words, with the difference and its interval.</param>
internal sealed record Verdict(VerdictKind Kind, string Message)
{
    /// <param name="gain">The accuracy of the distilled student minus that of the other.</param>
    /// <param name="baseline">The name of the other student.</param>
    public static Verdict Of(PairedDifference gain, string baseline) =>
        gain.IsGain ? new(VerdictKind.Better,
            $"Distillation is better than {baseline}: {Format.Points(gain.Difference)}.")
        : gain.IsLoss ? new(VerdictKind.Worse,
            $"Distillation is worse than {baseline}: {Format.Points(gain.Difference)}.")
        : new(VerdictKind.NoDifferenceShown,
            $"No difference shown: distillation minus {baseline} is {Format.Points(gain.Difference)}. "
            + (gain.DiscordantImages < PairedDifference.MinDiscordantImages
                ? $"Exactly one of the two is correct on {gain.DiscordantImages} of {Format.Count(gain.Images)} test "
                    + "images."
                : $"With {Format.Count(gain.Images)} test images, a difference of "
                    + $"{Format.Points(gain.Detectable)[1..]} points would be shown with a probability of 80%."));
}
