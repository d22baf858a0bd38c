using System.Text.Json.Serialization;

namespace VisualSentiment;

/// <summary>Something a <see cref="DistillationReport"/> found.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Message">What was measured, and what can be done about it.</param>
public sealed record DistillationFinding(DistillationFindingKind Kind, string Message);

/// <summary>What a <see cref="DistillationReport"/> found about a distillation that is not shown to have paid.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DistillationFindingKind>))]
public enum DistillationFindingKind
{
    /// <summary>The interval of the student's gain over hard labels includes zero or lies below it.</summary>
    DidNotBeatHardLabels,

    /// <summary>At the temperature of the distillation the teacher's probabilities hardly differ from 1 / C.</summary>
    SoftTargetsTooFlat,

    /// <summary>The teacher knows its training pictures by heart, so that its soft targets are hard labels.</summary>
    MemorizedTeacher,

    /// <summary>The teacher is not shown to be better than the student on hard labels: there is nothing to gain from it.</summary>
    TeacherNoBetter,

    /// <summary>The training loss was still falling at the end.</summary>
    TooFewSteps,

    /// <summary>The test pictures are too few to see a gain of a size that matters.</summary>
    TooFewPictures,
}
