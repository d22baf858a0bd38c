using VisualSentiment;

namespace PaperTables;

/// <summary>A training under way.</summary>
/// <param name="Progress">Where it reports to.</param>
/// <param name="CheckpointFolder">From where it goes on when it was stopped.</param>
/// <param name="Cancellation">What stops it.</param>
internal sealed record RowTraining(IProgress<TrainingProgress> Progress, string CheckpointFolder, CancellationToken Cancellation);
