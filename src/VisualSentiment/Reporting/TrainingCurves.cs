namespace VisualSentiment.Reporting;

/// <summary>The epochs of each network's training; empty where they are not known.</summary>
internal sealed record TrainingCurves
{
    public IReadOnlyList<EpochResult> Teacher { get; init; } = [];

    public IReadOnlyList<EpochResult> Student { get; init; } = [];

    public IReadOnlyList<EpochResult> HardLabelStudent { get; init; } = [];
}
