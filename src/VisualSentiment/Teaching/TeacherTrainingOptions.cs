using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>The options for training a teacher's network with Adam or AdamW. The defaults are the paper's.</summary>
public sealed record TeacherTrainingOptions
{
    /// <summary>Gets the number of passes over the training images; at least 1.</summary>
    /// <value>30 by default.</value>
    public int Epochs { get; init; } = 30;

    /// <summary>Gets the number of images per training step; at least 1.</summary>
    /// <value>20 by default.</value>
    public int BatchSize { get; init; } = 20;

    /// <summary>
    /// Gets the maximum learning rate of the optimizer; above 0. Use about 1e-3 to train from random weights.
    /// </summary>
    /// <value>1e-5 by default.</value>
    public double LearningRate { get; init; } = 1e-5;

    /// <summary>Gets the schedule of the learning rate.</summary>
    /// <value><see cref="LearningRateSchedule.Constant"/> by default, as in the paper.</value>
    public LearningRateSchedule LearningRateSchedule { get; init; }

    /// <summary>
    /// Gets the weight decay of AdamW (Loshchilov and Hutter 2019); at least 0. At 0, the optimizer is Adam.
    /// </summary>
    /// <value>0 by default.</value>
    public double WeightDecay { get; init; }

    internal TrainingSchedule ToSchedule() => new(Epochs, BatchSize, LearningRate)
    {
        RateSchedule = LearningRateSchedule, WeightDecay = WeightDecay,
    };
}
