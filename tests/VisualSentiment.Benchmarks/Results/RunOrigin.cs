namespace VisualSentiment.Benchmarks.Results;

/// <summary>The date, machine and images of a run.</summary>
/// <param name="Date">The end of the run.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Quick">Whether the run had few images and repeats.</param>
/// <param name="Photographs">A description of the photographs.</param>
/// <param name="Seconds">The duration.</param>
internal sealed record RunOrigin(DateTime Date, Machine Machine, bool Quick, string Photographs, double Seconds);
