using VisualSentiment.Teaching;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>
/// A teacher that first learns the training labels itself. Given to a student's trainer, it is trained on the same images;
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
    /// Trains a new teacher on each part of the set's images. What does not depend on the part is computed once, by kinds
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

    internal sealed override PreparedTeacher Prepare(TrainingSet set, TrainingRun run)
    {
        TrainedTeacher trained = Train(set, run);
        return new Owner(trained, trained.Prepare(set, run));
    }

    private sealed class Owner(TrainedTeacher trained, PreparedTeacher ready) : PreparedTeacher(ready.Classes)
    {
        public override bool IsConcurrent => ready.IsConcurrent;

        public override long MixGroupOf(int image) => ready.MixGroupOf(image);

        public override PreparedTeacher WithSharedBackbone(CachedBackbone features) => new Owner(trained, ready.WithSharedBackbone(features));

        public override void ComputeLogits(ReadOnlySpan<int> images, ReadOnlySpan<byte> pixels, Span<float> logits) =>
            ready.ComputeLogits(images, pixels, logits);

        public override void Dispose()
        {
            ready.Dispose();
            trained.Dispose();
        }
    }
}
