using System.Diagnostics;

namespace VisualSentiment.Tool.Video;

/// <summary>What <c>watch</c> shows after each frame.</summary>
internal sealed class WatchState(FrameReader reader, bool isRealTime)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public double Time { get; private set; }

    public SentimentPrediction? Smoothed { get; private set; }

    public Latencies Latencies { get; } = new();

    public double Elapsed => _clock.Elapsed.TotalSeconds;

    /// <summary>
    /// Gets the rate, and in real time also the number of dropped frames and the latency from reading a frame to its
    /// prediction. Otherwise the latency would include the time that frames wait in the buffer.
    /// </summary>
    public string Speed => FormattableString.Invariant($"{Latencies.Count / Elapsed:F1} frames/s")
        + (isRealTime ? FormattableString.Invariant($", {reader.Dropped} dropped, latency ")
            + FormattableString.Invariant($"{Latencies.Percentile(0.5):F1} ms (p50) ")
            + FormattableString.Invariant($"{Latencies.Percentile(0.99):F1} ms (p99)") : "");

    public void Add(double time, SentimentPrediction smoothed, TimeSpan latency)
    {
        // Starting ffmpeg is not part of the rate.
        if (Latencies.Count == 0)
            _clock.Restart();
        (Time, Smoothed) = (time, smoothed);
        Latencies.Add(latency);
    }
}
