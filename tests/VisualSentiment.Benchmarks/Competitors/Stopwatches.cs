using System.Diagnostics;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Measures durations.</summary>
internal static class Stopwatches
{
    public static Measurement Measure(double units, Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return new Measurement(Stopwatch.GetElapsedTime(start).TotalSeconds, units);
    }

    /// <summary>Measures each repeat, in milliseconds.</summary>
    public static Measurement MeasureEach(int repeats, Action work)
    {
        double[] latencies = new double[repeats];
        for (int i = 0; i < repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            latencies[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        return new Measurement(latencies.Sum() / 1000, repeats) { Latencies = latencies };
    }
}
