using VisualSentiment.Tool.Commands;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Video;

/// <summary>Predicts the frames of a video, shows them, and writes the timeline.</summary>
internal sealed class WatchJob(WatchSettings settings, SentimentDetector detector, CancellationToken cancellation)
{
    private readonly Timeline _timeline = new(detector.Classes);
    private readonly Smoother _smoother = new(settings.SmoothSeconds);

    /// <summary>Runs to the end of the video or until cancellation, and returns the exit code.</summary>
    /// <exception cref="IOException">ffmpeg failed. The frames before are written.</exception>
    public int Run()
    {
        // The first prediction is slow, and must not cause dropped frames.
        detector.Predict([0, 0, 0], width: 1, height: 1, RawPixelFormat.Rgb);
        FfmpegProcess ffmpeg = FfmpegProcess.Start(settings);
        using var reader = new FrameReader(ffmpeg, settings.IsRealTime);
        var state = new WatchState(reader, settings.IsRealTime);
        try
        {
            WatchDisplay.Run(settings, state, show => Predict(reader, state, show));
        }
        catch (OperationCanceledException) when (state.Latencies.Count > 0)
        {
            // The frames so far are written.
        }
        bool isCanceled = cancellation.IsCancellationRequested;
        string? error = isCanceled ? null : ffmpeg.WaitForError(cancellation);
        if (state.Latencies.Count > 0)
            WriteResults(state);
        if (error is not null)
            throw new IOException($"'{settings.Source.Name}' could not be read: {error}");
        if (state.Latencies.Count == 0)
            throw new IOException($"'{settings.Source.Name}' has no video frames.");
        // Cancellation is the only end of a camera.
        return isCanceled && settings.Source.IsFile ? ExitCode.Canceled : ExitCode.Success;
    }

    private void Predict(FrameReader reader, WatchState state, Action show)
    {
        TimelineCsv? csv = null;
        try
        {
            foreach (VideoFrame frame in reader.Frames(cancellation))
            {
                using (frame)
                {
                    SentimentPrediction raw = detector.Predict(
                        frame.Pixels, frame.Width, frame.Height, RawPixelFormat.Rgb);
                    double time = frame.Number / settings.FramesPerSecond;
                    SentimentPrediction smoothed = _smoother.Add(time, raw);
                    state.Add(time, smoothed, frame.Age);
                    _timeline.Add(time, [.. smoothed.Scores.Values]);
                    csv ??= OpenCsv();
                    csv.Write(time, frame.Number, raw, smoothed);
                }
                show();
            }
        }
        finally
        {
            csv?.Dispose();
        }
    }

    // Opened after the first frame, so that a video that cannot be read does not replace an earlier result.
    private TimelineCsv OpenCsv()
    {
        Directory.CreateDirectory(settings.Output);
        return new TimelineCsv(Path.Combine(settings.Output, "timeline.csv"), detector.Classes);
    }

    private void WriteResults(WatchState state)
    {
        OutputFile.Write(Path.Combine(settings.Output, "timeline.svg"),
            unfinished => TimelineImage.Create(_timeline, settings.Source.Name).Save(unfinished));
        Screen.Line(FormattableString.Invariant(
            $"{state.Latencies.Count} frames in {state.Elapsed:F1} s: {state.Speed}"));
        Screen.Line($"Written to {settings.Output}: timeline.csv, timeline.svg");
    }
}
