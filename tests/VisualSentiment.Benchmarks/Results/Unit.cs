namespace VisualSentiment.Benchmarks.Results;

/// <summary>The unit of a figure.</summary>
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
