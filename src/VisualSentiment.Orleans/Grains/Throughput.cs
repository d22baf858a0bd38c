namespace VisualSentiment.Cluster.Grains;

/// <summary>The rate of a counter during the last minute.</summary>
internal sealed class Throughput(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Queue<(long Time, long Count)> _samples = new();

    /// <summary>Gets the rate; 0 if there are no two samples yet.</summary>
    public double PerSecond
    {
        get
        {
            if (_samples.Count < 2)
                return 0;
            var (first, last) = (_samples.Peek(), _samples.Last());
            TimeSpan elapsed = time.GetElapsedTime(first.Time, last.Time);
            return elapsed > TimeSpan.Zero ? Math.Max(0, last.Count - first.Count) / elapsed.TotalSeconds : 0;
        }
    }

    public void Add(long count)
    {
        _samples.Enqueue((time.GetTimestamp(), count));
        while (time.GetElapsedTime(_samples.Peek().Time) > Window && _samples.Count > 2)
            _samples.Dequeue();
    }

    public void Clear() => _samples.Clear();
}
