namespace VisualSentiment.Benchmarks.Results;

/// <summary>What a figure counts.</summary>
internal enum Unit
{
    ImagesPerSecond,
    Seconds,
    Milliseconds,
    Times,
    Percent,
    Points,
    Megabytes,
    GigaflopsPerSecond,
}
