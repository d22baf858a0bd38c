namespace VisualSentiment.Benchmarks.Results;

/// <summary>One point of the scaling curves.</summary>
/// <param name="Subject">The work.</param>
/// <param name="Threads">The number of processor cores that the process may use.</param>
/// <param name="Images">The number of images.</param>
/// <param name="Seconds">The duration.</param>
/// <param name="AnonymousBytes">The peak memory of the process in RAM, without mapped files.</param>
/// <param name="ResidentBytes">The peak memory of the process in RAM, with mapped files.</param>
internal sealed record ScalingPoint(string Subject, int Threads, int Images, double Seconds, long AnonymousBytes, long ResidentBytes);
