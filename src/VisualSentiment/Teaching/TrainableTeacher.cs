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

    internal sealed override float[] ComputeLogits(TrainingSet set, TrainingRun run)
    {
        using TrainedTeacher trained = Train(set, run);
        return trained.ComputeLogits(set, run);
    }
}
