namespace VisualSentiment.Benchmarks.Load;

/// <summary>The settings of a load test.</summary>
/// <param name="Seconds">The duration of the uploads; <c>PredictMany</c> runs half as long, before and after.</param>
/// <param name="Data">A folder of labeled images; null for painted ones.</param>
internal sealed record LoadSettings(int Seconds, string? Data);
