using System.Globalization;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>
/// The options of <c>PretrainStudent</c>, which trains a student on a backbone's features without labels.
/// </summary>
public sealed record StudentPretrainingOptions : ImageTrainingOptions
{
    /// <summary>
    /// Gets the teacher whose features the student is trained on. It must have a backbone that computes features
    /// without labels, such as <c>Teachers.Onnx</c>. This option is required.
    /// </summary>
    /// <value>null by default.</value>
    public Teacher? Teacher { get; init; }

    /// <summary>Gets the student to pretrain.</summary>
    /// <value><see cref="Students.Compact"/> by default.</value>
    public Student Student { get; init; } = Students.Compact;

    /// <summary>
    /// Gets whether the student is also trained on each position of the backbone's 14 x 14 and 7 x 7 feature maps, not
    /// only on the pooled embedding. A map is used if the student is a <c>Sequential</c> with a module whose output is
    /// of that size or larger. The maps of one image are as large as hundreds of embeddings, and <c>CacheFolder</c>
    /// grows accordingly.
    /// </summary>
    /// <value>false by default.</value>
    public bool Hints { get; init; }

    /// <summary>Gets the number of passes over the images; at least 1.</summary>
    /// <value>60 by default.</value>
    public int Epochs { get; init; } = 60;

    /// <summary>Gets the number of images per training step; at least 1.</summary>
    /// <value>64 by default.</value>
    public int BatchSize { get; init; } = 64;

    /// <summary>Gets the maximum learning rate of the optimizer; above 0.</summary>
    /// <value>2e-3 by default.</value>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Gets the schedule of the learning rate.</summary>
    /// <value><see cref="LearningRateSchedule.Cosine"/> by default.</value>
    public LearningRateSchedule LearningRateSchedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>Gets the weight decay of AdamW; at least 0. At 0, the optimizer is Adam.</summary>
    /// <value>0.02 by default.</value>
    public double WeightDecay { get; init; } = 0.02;

    /// <summary>
    /// Gets the augmentation of the images; null for none. The backbone computes each view once from the same pixels,
    /// which takes longer than training the student.
    /// </summary>
    /// <value>Eight views by default.</value>
    public ImageAugmentation? Augmentation { get; init; } = new() { Views = 8 };

    internal TrainingSchedule ToSchedule() => new(Epochs, BatchSize, LearningRate)
    {
        RateSchedule = LearningRateSchedule,
        WeightDecay = WeightDecay,
    };

    internal override IEnumerable<string> FindErrors()
    {
        foreach (string error in base.FindErrors().Concat(ToSchedule().FindErrors("")))
            yield return error;
        if (Student is null)
            yield return $"{nameof(Student)} is missing; choose one, such as Students.Compact";
        if (Teacher is null)
            yield return $"{nameof(Teacher)} is missing; choose one with a backbone, such as Teachers.Onnx";
        else if (!Teacher.HasFeatures)
            yield return $"{nameof(Teacher)} is '{Teacher.Name}', which has no backbone that computes features "
                + "without labels; choose one with a backbone, such as Teachers.Onnx";
        if (ValidationFraction != 0)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{nameof(ValidationFraction)} is {ValidationFraction}; it must be 0, because there are no labels");
        foreach (string error in Augmentation?.FindErrors() ?? [])
            yield return $"{nameof(Augmentation)}: {error}";
        foreach (string error in Teacher?.FindErrors() ?? [])
            yield return error;
    }
}
