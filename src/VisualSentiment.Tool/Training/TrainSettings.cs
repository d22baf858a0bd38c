namespace VisualSentiment.Tool.Training;

/// <summary>The settings of <c>train</c>.</summary>
internal sealed record TrainSettings
{
    public required string Folder { get; init; }

    public required TrainableTeacher Teacher { get; init; }

    public required KnowledgeDistillationOptions Recipe { get; init; }

    public string? Unlabeled { get; init; }

    public bool Compare { get; init; }

    public string? Cache { get; init; }

    public double TestFraction { get; init; }

    public int Seed { get; init; }

    public required string Output { get; init; }
}
