using System.Globalization;
using VisualSentiment.Training;

namespace VisualSentiment;

/// <summary>How a student is distilled. The defaults are the paper's.</summary>
public sealed class KnowledgeDistillationOptions : ImageTrainingOptions
{
    private const double PaperTemperature = 4;

    /// <summary>What the student learns from. Only a loss that looks at the labels alone goes without.</summary>
    /// <value>null.</value>
    public Teacher? Teacher { get; init; }

    /// <summary>The network that is trained.</summary>
    /// <value><see cref="Students.Paper"/>.</value>
    public Student Student { get; init; } = Students.Paper;

    /// <summary>The temperature T that the logits of teacher and student are divided by; above 0.</summary>
    /// <value>4.</value>
    public double Temperature { get; init; } = PaperTemperature;

    /// <summary>
    /// The weight w of the hard labels, from 0 to 1. At 0 the loss is the paper's equation 1, without the factor T^2; above 0
    /// it is (1 - w) T^2 KL + w CE (<see cref="DistillationLosses.Hinton"/>); at 1 the labels alone, and no teacher is needed.
    /// </summary>
    /// <value>0.</value>
    public double HardWeight { get; init; }

    /// <summary>Another loss, in place of the one that <see cref="Temperature"/> and <see cref="HardWeight"/> describe.</summary>
    /// <value>null.</value>
    public DistillationLoss? Loss { get; init; }

    /// <summary>How often every training picture is seen; at least 1.</summary>
    /// <value>10.</value>
    public int Epochs { get; init; } = 10;

    /// <summary>Pictures in a step; at least 1.</summary>
    /// <value>20.</value>
    public int BatchSize { get; init; } = 20;

    /// <summary>Adam's learning rate; above 0.</summary>
    /// <value>1e-3.</value>
    public double LearningRate { get; init; } = 1e-3;

    internal TrainingSchedule ToSchedule() => new(Epochs, BatchSize, LearningRate);

    internal DistillationLoss ResolveLoss() => Loss ?? HardWeight switch
    {
        0 => DistillationLosses.SoftTarget(Temperature),
        1 => DistillationLosses.HardLabels,
        _ => DistillationLosses.Hinton(Temperature, HardWeight),
    };

    internal override IEnumerable<string> FindMistakes()
    {
        foreach (string mistake in base.FindMistakes().Concat(ToSchedule().FindMistakes("")))
            yield return mistake;
        if (Student is null)
            yield return $"{nameof(Student)} is missing; choose one, such as Students.Paper";
        if (!(Temperature > 0) || double.IsInfinity(Temperature))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(Temperature)} is {Temperature}; it must be above 0 and finite");
        if (HardWeight is not (>= 0 and <= 1))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(HardWeight)} is {HardWeight}; it must be from 0 to 1");
        if (Loss is not null && (Temperature != PaperTemperature || HardWeight != 0))
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{nameof(Loss)} is '{Loss.Name}' and brings its own settings, but {nameof(Temperature)} is {Temperature} and {nameof(HardWeight)} is {HardWeight}; set either the loss or those two");
        bool labelsAlone = Loss is null ? HardWeight == 1 : !Loss.UsesTeacher;
        if (Teacher is null && !labelsAlone)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{nameof(Teacher)} is missing and {nameof(HardWeight)} is {HardWeight}; choose a teacher, such as Teachers.ResNet50(), or set {nameof(HardWeight)} to 1");
        foreach (string mistake in Teacher?.FindMistakes() ?? [])
            yield return mistake;
    }
}
