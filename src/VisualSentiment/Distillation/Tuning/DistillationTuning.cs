namespace VisualSentiment;

/// <summary>The outcome of choosing options by cross-validation within the training data.</summary>
/// <param name="Best">The options with the highest mean accuracy among those that were run on the most folds.</param>
/// <param name="Trials">All options that were tried, the best first.</param>
public sealed record DistillationTuning(KnowledgeDistillationOptions Best, IReadOnlyList<DistillationTrial> Trials);
