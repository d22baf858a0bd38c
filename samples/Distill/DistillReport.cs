namespace Distill;

/// <summary>The results in report.json.</summary>
internal sealed record DistillReport
{
    public required string Data { get; init; }

    public required IReadOnlyList<string> Classes { get; init; }

    public required int TrainingImages { get; init; }

    public required int TestImages { get; init; }

    public required double Temperature { get; init; }

    public required double HardWeight { get; init; }

    public required int Epochs { get; init; }

    public required int Seed { get; init; }

    public required NetworkReport Teacher { get; init; }

    public required NetworkReport Student { get; init; }

    /// <summary>The same student, trained on hard labels only.</summary>
    public required NetworkReport HardLabelStudent { get; init; }

    /// <summary>The effect of distillation, in sentences.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>The distilled student with 8-bit integers; null without --int8.</summary>
    public Int8Report? Int8 { get; init; }

    public void Save(string path) => OutputFile.WriteJson(path, this);
}
