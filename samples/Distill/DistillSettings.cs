namespace Distill;

/// <summary>What the command line asks for.</summary>
internal sealed record DistillSettings
{
    /// <summary>A folder or label file; null paints pictures.</summary>
    public string? Data { get; init; }

    public required string Output { get; init; }

    public required string Teacher { get; init; }

    public string? Weights { get; init; }

    public required string Student { get; init; }

    public double Temperature { get; init; }

    public double HardWeight { get; init; }

    public int Epochs { get; init; }

    public int TeacherEpochs { get; init; }

    public int BatchSize { get; init; }

    public double LearningRate { get; init; }

    public double TestFraction { get; init; }

    public int Seed { get; init; }

    /// <summary>Whether the student is written with 8-bit integers too.</summary>
    public bool Int8 { get; init; }
}
