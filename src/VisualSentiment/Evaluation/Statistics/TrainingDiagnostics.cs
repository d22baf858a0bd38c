namespace VisualSentiment.Evaluation.Statistics;

/// <summary>Measurements of a training that can explain a missing gain; null if unknown.</summary>
internal sealed record TrainingDiagnostics
{
    public double? Temperature { get; init; }

    /// <summary>The mean entropy of the soft targets at that temperature, as a share (0 to 1) of ln C.</summary>
    public double? SoftTargetEntropy { get; init; }

    /// <summary>The accuracy (0 to 1) of the soft targets on the training images.</summary>
    public double? TeacherTrainingAccuracy { get; init; }

    /// <summary>The mean confidence (0 to 1) of the soft targets.</summary>
    public double? TeacherTrainingConfidence { get; init; }

    /// <summary>The share (0 to 1) of the last quarter of the epochs in the decrease of the training loss.</summary>
    public double? LateLossFall { get; init; }

    /// <summary>The means of the known values.</summary>
    public static TrainingDiagnostics Average(IReadOnlyList<TrainingDiagnostics> runs) => new()
    {
        Temperature = runs.Average(run => run.Temperature),
        SoftTargetEntropy = runs.Average(run => run.SoftTargetEntropy),
        TeacherTrainingAccuracy = runs.Average(run => run.TeacherTrainingAccuracy),
        TeacherTrainingConfidence = runs.Average(run => run.TeacherTrainingConfidence),
        LateLossFall = runs.Average(run => run.LateLossFall),
    };
}
