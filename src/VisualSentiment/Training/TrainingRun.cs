using Microsoft.ML.Runtime;

namespace VisualSentiment.Training;

/// <summary>What every part of a run shares: the log, the listener, the way to stop it, and the seed.</summary>
internal sealed record TrainingRun(IChannel Log, IProgress<TrainingProgress>? Progress, int Seed, CancellationToken CancellationToken)
{
    public void Report(TrainingStage stage, int done, int all)
    {
        CancellationToken.ThrowIfCancellationRequested();
        Progress?.Report(new TrainingProgress(stage, 1, 1, done, all, double.NaN));
    }
}
