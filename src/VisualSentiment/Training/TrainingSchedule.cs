using System.Globalization;

namespace VisualSentiment.Training;

/// <summary>
/// The epochs, steps and learning rates of a training with Adam, or with AdamW if there is weight decay.
/// </summary>
internal sealed record TrainingSchedule(int Epochs, int BatchSize, double LearningRate)
{
    // The share of the steps in which a cosine schedule's rate rises.
    private const double WarmUp = 0.03;

    public LearningRateSchedule RateSchedule { get; init; }

    public double WeightDecay { get; init; }

    /// <summary>
    /// The number of epochs without a better validation accuracy after which training stops; null for no limit.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>Whether the network ends with the weights of the best epoch, not of the last.</summary>
    public bool KeepBest { get; init; }

    /// <summary>Gets the learning rate of a step, counted from 0 over all epochs.</summary>
    public double RateOf(long step, long steps)
    {
        if (RateSchedule == LearningRateSchedule.Constant)
            return LearningRate;
        double rising = Math.Max(1, steps * WarmUp);
        return LearningRate * Math.Min(1, (step + 1) / rising) * 0.5 * (1 + Math.Cos(Math.PI * step / steps));
    }

    public IEnumerable<(string Name, string Value)> Settings()
    {
        yield return ("epochs", Epochs.ToString(CultureInfo.InvariantCulture));
        yield return ("batch size", BatchSize.ToString(CultureInfo.InvariantCulture));
        yield return ("learning rate", LearningRate.ToString("R", CultureInfo.InvariantCulture));
        yield return ("learning rate schedule", RateSchedule.ToString());
        yield return ("weight decay", WeightDecay.ToString("R", CultureInfo.InvariantCulture));
        yield return ("patience", Patience?.ToString(CultureInfo.InvariantCulture) ?? "none");
        yield return ("weights kept", KeepBest ? "best epoch" : "last epoch");
    }

    public IEnumerable<string> FindErrors(string owner)
    {
        if (Epochs < 1)
            yield return $"{owner}Epochs is {Epochs}; it must be at least 1";
        if (BatchSize < 1)
            yield return $"{owner}BatchSize is {BatchSize}; it must be at least 1";
        if (!(LearningRate > 0) || double.IsInfinity(LearningRate))
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{owner}LearningRate is {LearningRate}; it must be above 0 and finite");
        if (!Enum.IsDefined(RateSchedule))
            yield return $"{owner}LearningRateSchedule is {RateSchedule}; it must be one of "
                + string.Join(", ", Enum.GetNames<LearningRateSchedule>());
        if (!(WeightDecay >= 0) || double.IsInfinity(WeightDecay))
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{owner}WeightDecay is {WeightDecay}; it must be at least 0 and finite");
        if (Patience is < 1)
            yield return $"{owner}Patience is {Patience}; it must be at least 1, or null";
    }
}
