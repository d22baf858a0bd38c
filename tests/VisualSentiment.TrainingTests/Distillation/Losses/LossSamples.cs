namespace VisualSentiment.Tests.Distillation.Losses;

/// <summary>Every built-in loss by a short name, and one of a user's own.</summary>
internal static class LossSamples
{
    public static IReadOnlyDictionary<string, DistillationLoss> All { get; } = At(temperature: 2);

    public static IReadOnlyDictionary<string, DistillationLoss> At(double temperature) => new Dictionary<string, DistillationLoss>
    {
        ["soft targets"] = DistillationLosses.SoftTarget(temperature),
        ["KL"] = DistillationLosses.KullbackLeibler(temperature),
        ["Hinton"] = DistillationLosses.Hinton(temperature),
        ["logit MSE"] = DistillationLosses.LogitMse,
        ["decoupled"] = DistillationLosses.Decoupled(temperature),
        ["DIST"] = DistillationLosses.Dist(temperature),
        ["DIST of rows"] = DistillationLosses.Dist(temperature, gamma: 0),
        ["DIST of columns"] = DistillationLosses.Dist(temperature, beta: 0),
        ["hard labels"] = DistillationLosses.HardLabels,
        ["standardized KL"] = DistillationLosses.KullbackLeibler(temperature).Standardized(),
        ["standardized decoupled"] = DistillationLosses.Decoupled(temperature).Standardized(),
        ["standardized DIST"] = DistillationLosses.Dist(temperature).Standardized(),
        ["standardized logit MSE"] = DistillationLosses.LogitMse.Standardized(),
        ["DIST and labels"] = DistillationLosses.Dist(temperature).WithHardLabels(0.3),
        ["standardized KL and labels"] = DistillationLosses.KullbackLeibler(temperature).Standardized().WithHardLabels(0.1),
        ["own"] = new OwnLoss(),
        ["own, standardized, and labels"] = new OwnLoss().Standardized().WithHardLabels(0.5),
    };
}
