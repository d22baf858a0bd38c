namespace VisualSentiment;

/// <summary>The result of choosing options by cross-validation on the training data.</summary>
/// <param name="Best">
/// The options with the highest mean accuracy among those that were not excluded, on the folds that all of these were
/// evaluated on.
/// </param>
/// <param name="Trials">The results of all options, best first.</param>
public sealed record DistillationTuning(KnowledgeDistillationOptions Best, IReadOnlyList<DistillationTrial> Trials);

/// <summary>The cross-validation result of one set of options.</summary>
/// <param name="Options">The options.</param>
/// <param name="Accuracies">The student's accuracy, from 0 to 1, on the held-out part of each evaluated fold.</param>
public sealed record DistillationTrial(KnowledgeDistillationOptions Options, IReadOnlyList<double> Accuracies)
{
    /// <summary>Gets the mean of the accuracies.</summary>
    public double Accuracy => Accuracies.Average();
}
