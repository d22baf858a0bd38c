namespace VisualSentiment.Training;

/// <summary>What came of a training.</summary>
/// <param name="History">Each epoch.</param>
/// <param name="KeptEpoch">The epoch whose weights the network has.</param>
internal sealed record TrainingResult(IReadOnlyList<EpochResult> History, int KeptEpoch);
