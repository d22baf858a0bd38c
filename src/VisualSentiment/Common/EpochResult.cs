namespace VisualSentiment;

/// <summary>What came of one epoch of training.</summary>
/// <param name="Epoch">The epoch, counted from 1.</param>
/// <param name="Loss">The mean loss over the epoch's images, while the network was changing.</param>
/// <param name="ValidationAccuracy">
/// The share (0 to 1) of the validation images whose label the network puts first after the epoch; null where no
/// validation part was asked for.
/// </param>
/// <param name="Elapsed">The time since training of this network began.</param>
public sealed record EpochResult(int Epoch, double Loss, double? ValidationAccuracy, TimeSpan Elapsed)
{
    /// <summary>
    /// The share (0 to 1) of the epoch's labeled images whose label the network put first, while it was changing, with dropout
    /// and varied views as they were; null where images were mixed, and so had no label of their own.
    /// </summary>
    public double? TrainingAccuracy { get; init; }
}
