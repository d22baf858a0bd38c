using VisualSentiment.Networks;

namespace VisualSentiment;

/// <summary>Size and speed of a network, for the report. Unknown values are null.</summary>
public sealed record ModelCost
{
    /// <summary>The name of the network.</summary>
    /// <value>null: its role in the comparison.</value>
    public string? Name { get; init; }

    /// <summary>How many parameters it has, such as <c>Students.Paper.CountParameters(classes).Trainable</c>.</summary>
    public long? Parameters { get; init; }

    /// <summary>Multiply-adds for one image, such as <c>Students.Paper.CountMultiplyAdds(classes)</c>.</summary>
    public long? MultiplyAdds { get; init; }

    /// <summary>The size of its file, in bytes.</summary>
    public long? FileBytes { get; init; }

    /// <summary>The time that one image takes, in milliseconds; measure all networks on one machine and in the same way.</summary>
    public double? MillisecondsPerImage { get; init; }

    /// <summary>How long its training took.</summary>
    public TimeSpan? TrainingTime { get; init; }
}
