namespace VisualSentiment;

/// <summary>What came of one epoch of training.</summary>
/// <param name="Epoch">The epoch, counted from 1.</param>
/// <param name="Loss">The mean loss over the epoch's pictures, while the network was changing.</param>
/// <param name="ValidationAccuracy">
/// The share (0 to 1) of the validation pictures whose label the network puts first after the epoch; null where no
/// validation part was asked for.
/// </param>
/// <param name="Elapsed">The time since training of this network began.</param>
public sealed record EpochResult(int Epoch, double Loss, double? ValidationAccuracy, TimeSpan Elapsed)
{
    /// <summary>
    /// The share (0 to 1) of the epoch's labelled pictures whose label the network put first, while it was changing, with dropout
    /// and varied views as they were; null where pictures were mixed, and so had no label of their own.
    /// </summary>
    public double? TrainingAccuracy { get; init; }
}
