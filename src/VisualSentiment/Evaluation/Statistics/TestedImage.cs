using System.Text.Json.Serialization;

namespace VisualSentiment;

/// <summary>A test image with the probabilities of each model.</summary>
public sealed record TestedImage
{
    /// <summary>Gets the path of the image; null if the image column does not contain paths.</summary>
    public string? Path { get; init; }

    /// <summary>Gets the index of the row in the test data, from 0.</summary>
    public required long Row { get; init; }

    /// <summary>Gets the name of the labeled class.</summary>
    public required string Label { get; init; }

    /// <summary>Gets -ln p(label) of the student, in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>Gets KL(teacher || student) at T = 1, in nats; null without a teacher.</summary>
    public double? Divergence { get; init; }

    /// <summary>Gets the C probabilities of the student, in the order of the report's classes.</summary>
    public required IReadOnlyList<float> Student { get; init; }

    /// <summary>Gets the C probabilities of the teacher; null without a teacher.</summary>
    public IReadOnlyList<float>? Teacher { get; init; }

    /// <summary>Gets the C probabilities of the student on hard labels; null without one.</summary>
    public IReadOnlyList<float>? HardLabelStudent { get; init; }

    /// <summary>Identifies the image, the same in every run.</summary>
    [JsonInclude]
    internal ulong Identity { get; init; }

    internal bool IsInvalid(int classes) => Label is null || Student?.Count != classes
        || (Teacher is not null && Teacher.Count != classes)
        || (HardLabelStudent is not null && HardLabelStudent.Count != classes);
}
