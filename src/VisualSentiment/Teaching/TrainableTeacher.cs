using VisualSentiment.Teaching;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>
/// A teacher that is trained on labeled images. A student's trainer trains it on the same images;
/// <c>Trainers.SentimentTeacher</c> trains it once for evaluation and for several students.
/// </summary>
public abstract class TrainableTeacher : Teacher
{
    private protected TrainableTeacher()
    {
    }

    /// <summary>Trains a teacher on the training part of the set.</summary>
    internal abstract TrainedTeacher Train(TrainingSet set, TrainingRun run);

    /// <summary>
    /// Trains a teacher on each part of the set's images. Overrides may share computations that do not depend on the
    /// part.
    /// </summary>
    internal virtual IReadOnlyList<TrainedTeacher> TrainOnParts(
        TrainingSet set, IReadOnlyList<IReadOnlyList<int>> parts, TrainingRun run)
    {
        List<TrainedTeacher> trained = [];
        try
        {
            foreach (IReadOnlyList<int> part in parts)
                trained.Add(Train(set.WithTrainingPart(part),
                    run with { CheckpointSuffix = $"{run.CheckpointSuffix}-{trained.Count + 1}" }));
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
        try
        {
            return new Owner(trained, trained.Prepare(set, run));
        }
        catch
        {
            trained.Dispose();
            throw;
        }
    }

    /// <summary>A prepared teacher that owns the trained one.</summary>
    private sealed class Owner(TrainedTeacher trained, PreparedTeacher prepared) : PreparedTeacher(prepared.Classes)
    {
        public override bool IsConcurrent => prepared.IsConcurrent;

        public override long MixGroupOf(int image) => prepared.MixGroupOf(image);

        public override PreparedTeacher WithSharedBackbone(CachedBackbone features) =>
            new Owner(trained, prepared.WithSharedBackbone(features));

        public override void ComputeLogits(ReadOnlySpan<int> images, ReadOnlySpan<byte> pixels, Span<float> logits) =>
            prepared.ComputeLogits(images, pixels, logits);

        public override void Dispose()
        {
            prepared.Dispose();
            trained.Dispose();
        }
    }
}
