namespace VisualSentiment;

/// <summary>What came of trying one set of options.</summary>
/// <param name="Options">The options.</param>
/// <param name="Accuracies">The student's accuracy (0 to 1) on the held-out part of each fold that was run.</param>
public sealed record DistillationTrial(KnowledgeDistillationOptions Options, IReadOnlyList<double> Accuracies)
{
    /// <summary>The mean of the accuracies.</summary>
    public double Accuracy => Accuracies.Average();
}
