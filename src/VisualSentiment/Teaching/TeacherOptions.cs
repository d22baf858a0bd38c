namespace VisualSentiment;

/// <summary>The options of <c>Trainers.SentimentTeacher</c>, which trains a teacher.</summary>
public sealed record TeacherOptions : ImageTrainingOptions
{
    /// <summary>Gets the teacher to train; <see cref="Teachers"/> creates all kinds.</summary>
    public required TrainableTeacher Teacher { get; init; }

    internal override IEnumerable<string> FindErrors() =>
        base.FindErrors().Concat(
            Teacher?.FindErrors() ?? [$"{nameof(Teacher)} is missing; choose one, such as Teachers.ResNet50()"]);
}
