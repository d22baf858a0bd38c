using VisualSentiment.Inference;
using VisualSentiment.Training;

namespace VisualSentiment.Teaching;

/// <summary>A teacher that has learned: it only computes, in evaluation mode and without gradients.</summary>
internal class TrainedTeacher(PixelClassifier classifier, long parameters, IReadOnlyList<EpochResult> history) : IDisposable
{
    public PixelClassifier Classifier { get; } = classifier;

    public long Parameters { get; } = parameters;

    public IReadOnlyList<EpochResult> History { get; } = history;

    /// <summary>
    /// Decides the classifier's logits; null where it keeps what is expensive itself, or where that is cheap.
    /// </summary>
    public string? Fingerprint { get; init; }

    /// <summary>Makes the teacher ready for a set whose classes it has. The teacher outlives what is returned.</summary>
    public virtual PreparedTeacher Prepare(TrainingSet set, TrainingRun run) => new PreparedPixelTeacher(Classifier,
        Fingerprint is null ? null : TeacherCache.Open(run.CacheFolder, Fingerprint, Classifier.Classes.Count, run.CacheLimit, run.Log));

    public virtual void Dispose() => Classifier.Dispose();
}
