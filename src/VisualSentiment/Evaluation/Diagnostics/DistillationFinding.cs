using System.Text.Json.Serialization;

namespace VisualSentiment;

/// <summary>A finding of a <see cref="DistillationReport"/>.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Message">The measurement and a remedy.</param>
public sealed record DistillationFinding(DistillationFindingKind Kind, string Message);

/// <summary>The kinds of findings of a <see cref="DistillationReport"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DistillationFindingKind>))]
public enum DistillationFindingKind
{
    /// <summary>The student is not shown to be better than the student on hard labels, or it is worse.</summary>
    DidNotBeatHardLabels,

    /// <summary>At the temperature of the distillation the teacher's probabilities are close to 1 / C.</summary>
    SoftTargetsTooFlat,

    /// <summary>The teacher overfits its training images, so that its soft targets are close to hard labels.</summary>
    MemorizedTeacher,

    /// <summary>The teacher is not significantly better than the student on hard labels.</summary>
    TeacherNoBetter,

    /// <summary>The training loss was still falling at the end.</summary>
    TooFewSteps,

    /// <summary>The test set is too small to detect a relevant gain.</summary>
    TooFewImages,
}
