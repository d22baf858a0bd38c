using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>Options of the training of a network teacher, with Adam or AdamW. The defaults are the paper's.</summary>
public sealed record TeacherTrainingOptions
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

    /// <summary>How the learning rate changes.</summary>
    /// <value><see cref="LearningRateSchedule.Constant"/>, the paper's way.</value>
    public LearningRateSchedule LearningRateSchedule { get; init; }

    /// <summary>
    /// The decay of the weights by AdamW (Loshchilov and Hutter 2019); at least 0. At 0 the optimizer is plain Adam.
    /// </summary>
    /// <value>0.</value>
    public double WeightDecay { get; init; }

    internal TrainingSchedule ToSchedule() => new(Epochs, BatchSize, LearningRate)
    {
        RateSchedule = LearningRateSchedule, WeightDecay = WeightDecay,
    };
}
