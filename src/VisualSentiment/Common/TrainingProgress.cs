namespace VisualSentiment;

/// <summary>Where a run stands.</summary>
/// <param name="Stage">What the run is busy with.</param>
/// <param name="Epoch">The epoch, counted from 1; 1 in stages without epochs.</param>
/// <param name="Epochs">How many epochs the stage has; 1 in stages without epochs.</param>
/// <param name="Step">The steps done in this epoch.</param>
/// <param name="Steps">The steps of an epoch.</param>
/// <param name="Loss">The mean loss of this epoch so far; NaN in stages without a loss.</param>
public readonly record struct TrainingProgress(TrainingStage Stage, int Epoch, int Epochs, int Step, int Steps, double Loss);
