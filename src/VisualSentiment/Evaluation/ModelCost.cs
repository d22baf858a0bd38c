namespace VisualSentiment;

/// <summary>The size and speed of a network, for an HTML report. Unknown values are null.</summary>
public sealed record ModelCost
{
    /// <summary>Gets the name of the network.</summary>
    /// <value>Default: null, which shows the role of the network instead.</value>
    public string? Name { get; init; }

    /// <summary>Gets the number of parameters; see <c>Student.CountParameters</c>.</summary>
    public long? Parameters { get; init; }

    /// <summary>Gets the number of multiply-adds per image; see <c>Student.CountMultiplyAdds</c>.</summary>
    public long? MultiplyAdds { get; init; }

    /// <summary>Gets the size of the model file, in bytes.</summary>
    public long? FileBytes { get; init; }

    /// <summary>Gets the time per image in milliseconds, on the same machine for all networks.</summary>
    public double? MillisecondsPerImage { get; init; }

    /// <summary>Gets the duration of the training.</summary>
    public TimeSpan? TrainingTime { get; init; }
}
