using VisualSentiment;

namespace Distill;

/// <summary>The losses that can be named on the command line.</summary>
internal static class LossChoice
{
    public const string Paper = "soft";
    public const string Help = $"{Paper} (the paper's), kl, decoupled, dist or mse; with the prefix 'standardized-', on standardized logits";
    private const string Standardized = "standardized-";

    public static string? FindError(string? loss) =>
        loss is not null && Create(loss, 1) is not null ? null : $"'{loss}' is not a loss. Choose {Help}.";

    /// <summary>The loss with a name at a temperature; null for an unknown name.</summary>
    public static DistillationLoss? Create(string loss, double temperature)
    {
        bool standardized = loss.StartsWith(Standardized, StringComparison.Ordinal);
        DistillationLoss? plain = (standardized ? loss[Standardized.Length..] : loss) switch
        {
            Paper => DistillationLosses.SoftTarget(temperature),
            "kl" => DistillationLosses.KullbackLeibler(temperature),
            "decoupled" => DistillationLosses.Decoupled(temperature),
            "dist" => DistillationLosses.Dist(temperature),
            "mse" => DistillationLosses.LogitMse,
            _ => null,
        };
        return standardized ? plain?.Standardized() : plain;
    }
}
