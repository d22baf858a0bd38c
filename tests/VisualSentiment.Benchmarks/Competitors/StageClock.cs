using System.Diagnostics;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Records the end of each training step by stage, in seconds from the start.</summary>
internal sealed class StageClock : IProgress<TrainingProgress>
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Dictionary<TrainingStage, List<double>> _times = [];

    public void Report(TrainingProgress value)
    {
        double now = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        // Decoding reports from several threads.
        lock (_times)
        {
            if (!_times.TryGetValue(value.Stage, out var times))
                _times[value.Stage] = times = [];
            times.Add(now);
        }
    }

    /// <summary>The seconds between the steps of a stage, without the first <paramref name="skip"/>.</summary>
    public IEnumerable<double> StepSeconds(TrainingStage stage, int skip)
    {
        List<double> times = _times[stage];
        return times.Zip(times.Skip(1), (before, after) => after - before).Skip(skip);
    }

    /// <summary>The end of the last step of a stage.</summary>
    public double End(TrainingStage stage) => _times.TryGetValue(stage, out var times) ? times[^1] : 0;
}
