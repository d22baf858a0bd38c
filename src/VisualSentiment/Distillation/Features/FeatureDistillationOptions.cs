using System.Globalization;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>
/// Options for training the student on the features of the teacher's backbone, before and beside the classes (feature
/// distillation; Romero et al. 2015, FitNets). The projection layers are not part of the exported student.
/// </summary>
public sealed record FeatureDistillationOptions
{
    /// <summary>
    /// Gets the teacher whose backbone computes the features; null for <see cref="KnowledgeDistillationOptions.Teacher"/>.
    /// If that has no backbone, the student is trained without features, and a warning is logged.
    /// </summary>
    /// <value>null.</value>
    public Teacher? Teacher { get; init; }

    /// <summary>
    /// Gets the number of passes over the training images in which the student is trained on the features alone, before the
    /// classes; at least 0.
    /// </summary>
    /// <value>10.</value>
    public int Epochs { get; init; } = 10;

    /// <summary>Gets the maximum learning rate of these passes; above 0. It follows a cosine.</summary>
    /// <value>2e-3.</value>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Gets the weight of the feature loss beside the loss of the classes; at least 0.</summary>
    /// <value>1.</value>
    public double Weight { get; init; } = 1;

    /// <summary>
    /// Gets whether the student is also trained on each position of the backbone's 14 x 14 and 7 x 7 feature maps, not
    /// only on the embedding. The maps take about 300 KB per view, so set a <see cref="ImageTrainingOptions.CacheFolder"/>.
    /// </summary>
    /// <value>false.</value>
    public bool Hints { get; init; }

    internal TrainingSchedule ToSchedule(int batchSize) => new(Epochs, batchSize, LearningRate)
    {
        RateSchedule = LearningRateSchedule.Cosine, WeightDecay = 0.02,
    };

    internal IEnumerable<string> FindErrors()
    {
        if (Epochs < 0)
            yield return $"{nameof(Epochs)} is {Epochs}; it must be at least 0";
        if (!(LearningRate > 0) || double.IsInfinity(LearningRate))
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{nameof(LearningRate)} is {LearningRate}; it must be above 0 and finite");
        if (!(Weight >= 0) || double.IsInfinity(Weight))
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{nameof(Weight)} is {Weight}; it must be at least 0 and finite");
        if (Epochs == 0 && Weight == 0)
            yield return $"{nameof(Epochs)} and {nameof(Weight)} are 0, so features have no effect; "
                + $"set {nameof(KnowledgeDistillationOptions.Features)} to null";
        if (Teacher is { HasFeatures: false })
            yield return $"{nameof(Teacher)} is '{Teacher.Name}', which has no backbone; "
                + "choose a teacher with one, such as Teachers.ResNet18()";
    }
}
