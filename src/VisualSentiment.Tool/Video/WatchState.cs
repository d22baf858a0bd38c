using System.Diagnostics;

namespace VisualSentiment.Tool.Video;

/// <summary>What <c>watch</c> shows after each frame.</summary>
internal sealed class WatchState(FrameReader reader)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public double Time { get; private set; }

    public SentimentPrediction? Smoothed { get; private set; }

    public Latencies Latencies { get; } = new();

    public int Dropped => reader.Dropped;

    public double Elapsed => _clock.Elapsed.TotalSeconds;

    public double FramesPerSecond => Latencies.Count / Elapsed;

    public void Add(double time, SentimentPrediction smoothed, TimeSpan latency)
    {
        // Starting ffmpeg is not part of the rate.
        if (Latencies.Count == 0)
            _clock.Restart();
        (Time, Smoothed) = (time, smoothed);
        Latencies.Add(latency);
    }
}
