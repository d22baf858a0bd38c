using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>How a network teacher is fine-tuned, with Adam. The defaults are the paper's.</summary>
public sealed class TeacherTrainingOptions
{
    /// <summary>How often every training image is seen; at least 1.</summary>
    /// <value>30.</value>
    public int Epochs { get; init; } = 30;

    /// <summary>Images in a step; at least 1.</summary>
    /// <value>20.</value>
    public int BatchSize { get; init; } = 20;

    /// <summary>Adam's learning rate; above 0. A network without pretrained weights wants more, about 1e-3.</summary>
    /// <value>1e-5.</value>
    public double LearningRate { get; init; } = 1e-5;

    internal TrainingSchedule ToSchedule() => new(Epochs, BatchSize, LearningRate);
}
