namespace VisualSentiment.Benchmarks.Results;

/// <summary>One point of the scaling curves.</summary>
/// <param name="Subject">What was done with the images.</param>
/// <param name="Threads">How many processor cores there were for it.</param>
/// <param name="Images">How many images.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="AnonymousBytes">The most memory of its own that the process had.</param>
/// <param name="ResidentBytes">The most memory that it had in RAM, mapped files included.</param>
internal sealed record ScalingPoint(string Subject, int Threads, int Images, double Seconds, long AnonymousBytes, long ResidentBytes);
