namespace VisualSentiment;

/// <summary>How a teacher is trained by <c>Trainers.SentimentTeacher</c>.</summary>
public sealed record TeacherOptions : ImageTrainingOptions
{
    /// <summary>The teacher; one of the trainable ones of <see cref="Teachers"/>.</summary>
    public required TrainableTeacher Teacher { get; init; }

    internal override IEnumerable<string> FindErrors() =>
        base.FindErrors().Concat(Teacher?.FindErrors() ?? [$"{nameof(Teacher)} is missing; choose one, such as Teachers.ResNet50()"]);
}
