namespace VisualSentiment;

/// <summary>Something a <see cref="DistillationReport"/> found.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Message">What was measured, and what can be done about it.</param>
public sealed record DistillationFinding(DistillationFindingKind Kind, string Message);
