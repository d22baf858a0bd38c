namespace VisualSentiment.Tests.Support;

/// <summary>Hears how far a training is, on the thread that reports it.</summary>
internal sealed class Listener(Action<TrainingProgress> hear) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => hear(value);
}
