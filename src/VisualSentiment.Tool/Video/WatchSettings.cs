namespace VisualSentiment.Tool.Video;

/// <summary>The settings of <c>visualsentiment watch</c>.</summary>
internal sealed record WatchSettings
{
    public required VideoSource Source { get; init; }

    public required string Output { get; init; }

    public required double FramesPerSecond { get; init; }

    /// <summary>Gets the time constant of the moving average in seconds; 0 for none.</summary>
    public required double SmoothSeconds { get; init; }

    /// <summary>Gets whether to play at the speed of the video and to drop frames.</summary>
    public required bool IsRealTime { get; init; }

    /// <summary>Gets the threads of the model and the decoder; null for 1 and the choice of ffmpeg.</summary>
    public required int? Threads { get; init; }

    /// <summary>Gets the path of ffmpeg; null to search in PATH.</summary>
    public required string? Ffmpeg { get; init; }

    public required bool IsQuiet { get; init; }
}
