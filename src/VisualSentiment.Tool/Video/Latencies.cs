namespace VisualSentiment.Tool.Video;

/// <summary>Counts latencies in steps of 0.1 ms, up to 10 s, so that memory does not grow with time.</summary>
internal sealed class Latencies
{
    private const double StepsPerMillisecond = 10;

    private readonly int[] _counts = new int[100_001];

    public int Count { get; private set; }

    public void Add(TimeSpan latency)
    {
        _counts[(int)Math.Min(latency.TotalMilliseconds * StepsPerMillisecond, _counts.Length - 1)]++;
        Count++;
    }

    /// <summary>Returns the latency in milliseconds that a share of the frames does not exceed.</summary>
    public double Percentile(double share)
    {
        long rank = (long)Math.Ceiling(share * Count), passed = 0;
        int step = 0;
        while (step < _counts.Length - 1 && (passed += _counts[step]) < rank)
            step++;
        return (step + 1) / StepsPerMillisecond;
    }
}
