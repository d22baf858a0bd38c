using System.Text.Json.Serialization;

namespace VisualSentiment;

/// <summary>A test image with the probabilities of each model.</summary>
public sealed record TestedImage
{
    /// <summary>The path of the image, as it stands in the data; null where rows have none.</summary>
    public string? Path { get; init; }

    /// <summary>The row of the test data, from 0.</summary>
    public required long Row { get; init; }

    /// <summary>The class of the label.</summary>
    public required string Label { get; init; }

    /// <summary>-ln p(label) of the student, in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>KL(teacher || student) at T = 1, in nats; null without a teacher.</summary>
    public double? Divergence { get; init; }

    /// <summary>The student's C probabilities, in the order of the report's classes.</summary>
    public required IReadOnlyList<float> Student { get; init; }

    /// <summary>The teacher's; null without one.</summary>
    public IReadOnlyList<float>? Teacher { get; init; }

    /// <summary>Those of the student on hard labels; null without one.</summary>
    public IReadOnlyList<float>? HardLabelStudent { get; init; }

    /// <summary>Identifies the image, the same in every run.</summary>
    [JsonInclude]
    internal ulong Identity { get; init; }

    /// <summary>Whether values are missing, or their number is not that of the classes.</summary>
    internal bool IsInvalid(int classes) => Label is null || Student?.Count != classes
        || (Teacher is not null && Teacher.Count != classes) || (HardLabelStudent is not null && HardLabelStudent.Count != classes);
}
