namespace WebDetector;

/// <summary>The section <c>Limits</c> of the configuration, for example <c>--Limits:MaxBytes 5000000</c>.</summary>
internal sealed record UploadLimits
{
    /// <summary>The maximum number of bytes of a multipart form beside the image.</summary>
    public const int FormBytes = 64 << 10;

    /// <summary>The maximum number of bytes of an image file.</summary>
    public int MaxBytes { get; init; } = 10 << 20;

    /// <summary>The maximum number of pixels of an image.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>The maximum time of an upload.</summary>
    public TimeSpan UploadTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum time of a prediction, including the wait for its turn.</summary>
    public TimeSpan PredictionTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum number of predictions at the same time.</summary>
    public int Concurrency { get; init; } = Environment.ProcessorCount;

    /// <summary>The maximum number of predictions that wait for their turn.</summary>
    public int Queue { get; init; } = 64;
}
