using VisualSentiment.Teaching;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>
/// A teacher that first learns the training labels itself. Given to a student's trainer, it is trained on the same pictures;
/// with <c>Trainers.SentimentTeacher</c> it is trained once, to be evaluated and to teach several students.
/// </summary>
public abstract class TrainableTeacher : Teacher
{
    private protected TrainableTeacher()
    {
    }

    /// <summary>Trains a new teacher on the training part of the set.</summary>
    internal abstract TrainedTeacher Train(TrainingSet set, TrainingRun run);

    /// <summary>
    /// Trains a new teacher on each part of the set's pictures. What does not depend on the part is computed once, by kinds
    /// of teachers that have such a thing.
    /// </summary>
    internal virtual IReadOnlyList<TrainedTeacher> TrainOnParts(TrainingSet set, IReadOnlyList<IReadOnlyList<int>> parts, TrainingRun run)
    {
        List<TrainedTeacher> trained = [];
        try
        {
            foreach (IReadOnlyList<int> part in parts)
                trained.Add(Train(set.WithTrainingPart(part), run with { CheckpointSuffix = $"{run.CheckpointSuffix}-{trained.Count + 1}" }));
            return trained;
        }
        catch
        {
            trained.ForEach(teacher => teacher.Dispose());
            throw;
        }
    }

    internal sealed override ReadyTeacher Prepare(TrainingSet set, TrainingRun run)
    {
        TrainedTeacher trained = Train(set, run);
        return new Owner(trained, trained.Prepare(set, run));
    }

    private sealed class Owner(TrainedTeacher trained, ReadyTeacher ready) : ReadyTeacher(ready.Classes)
    {
        public override bool IsConcurrent => ready.IsConcurrent;

        public override long MixGroupOf(int picture) => ready.MixGroupOf(picture);

        public override ReadyTeacher ReadingFrom(CachedBackbone features) => new Owner(trained, ready.ReadingFrom(features));

        public override void ComputeLogits(ReadOnlySpan<int> pictures, ReadOnlySpan<byte> pixels, Span<float> logits) =>
            ready.ComputeLogits(pictures, pixels, logits);

        public override void Dispose()
        {
            ready.Dispose();
            trained.Dispose();
        }
    }
}
