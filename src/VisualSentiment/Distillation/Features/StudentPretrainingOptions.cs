using System.Globalization;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>How a student learns what a teacher's backbone sees in images, before it learns any classes.</summary>
public sealed record StudentPretrainingOptions : ImageTrainingOptions
{
    /// <summary>Whose features the student learns: a teacher with a backbone that needs no labels, such as <c>Teachers.Onnx</c>.</summary>
    /// <value>null.</value>
    public Teacher? Teacher { get; init; }

    /// <summary>The network that is trained.</summary>
    /// <value><see cref="Students.Compact"/>.</value>
    public Student Student { get; init; } = Students.Compact;

    /// <summary>
    /// Whether feature maps are learned too, not only what is pooled at the end: where the backbone has a map of 14 x 14 or 7 x 7, and a
    /// part of a <c>Sequential</c> student ends in one as large or larger, the student's learns the backbone's, place by place. So one
    /// image says as much as hundreds of embeddings; the numbers that <c>CacheFolder</c> keeps of it are as many more.
    /// </summary>
    /// <value>true.</value>
    public bool Hints { get; init; } = true;

    /// <summary>How often every image is seen; at least 1.</summary>
    /// <value>20.</value>
    public int Epochs { get; init; } = 20;

    /// <summary>Images in a step; at least 1.</summary>
    /// <value>64.</value>
    public int BatchSize { get; init; } = 64;

    /// <summary>Adam's highest learning rate; above 0.</summary>
    /// <value>2e-3.</value>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>How the learning rate changes.</summary>
    /// <value><see cref="LearningRateSchedule.Cosine"/>.</value>
    public LearningRateSchedule LearningRateSchedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>The decay of the weights by AdamW; at least 0.</summary>
    /// <value>0.02.</value>
    public double WeightDecay { get; init; } = 0.02;

    /// <summary>
    /// How images are varied; the backbone looks at the very same pixels, once at each view, which takes longer than the student does.
    /// Null shows them as they are.
    /// </summary>
    /// <value>Two views.</value>
    public ImageAugmentation? Augmentation { get; init; } = new() { Views = 2 };

    internal TrainingSchedule ToSchedule() => new(Epochs, BatchSize, LearningRate) { RateSchedule = LearningRateSchedule, WeightDecay = WeightDecay };

    internal override IEnumerable<string> FindErrors()
    {
        foreach (string error in base.FindErrors().Concat(ToSchedule().FindErrors("")))
            yield return error;
        if (Student is null)
            yield return $"{nameof(Student)} is missing; choose one, such as Students.Compact";
        if (Teacher is null)
            yield return $"{nameof(Teacher)} is missing; choose one with a backbone, such as Teachers.Onnx";
        else if (!Teacher.HasFeatures)
            yield return $"{nameof(Teacher)} is '{Teacher.Name}', which has no features that it could compute without labels; choose one with a backbone, such as Teachers.Onnx";
        if (ValidationFraction != 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(ValidationFraction)} is {ValidationFraction}; without labels there is no accuracy to measure, so leave it at 0");
        foreach (string error in Augmentation?.FindErrors() ?? [])
            yield return $"{nameof(Augmentation)}: {error}";
        foreach (string error in Teacher?.FindErrors() ?? [])
            yield return error;
    }
}
