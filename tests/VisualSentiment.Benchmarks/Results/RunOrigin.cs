namespace VisualSentiment.Benchmarks.Results;

/// <summary>When, on what and with which images a run measured.</summary>
/// <param name="Date">When it ended.</param>
/// <param name="Machine">What it measured on.</param>
/// <param name="Quick">Whether it had few images and repeats.</param>
/// <param name="Photographs">The photographs in words.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record RunOrigin(DateTime Date, Machine Machine, bool Quick, string Photographs, double Seconds);
