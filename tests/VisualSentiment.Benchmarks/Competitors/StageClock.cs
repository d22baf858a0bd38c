using System.Diagnostics;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Listens to training and notes when each step of each stage was done, in seconds from the start.</summary>
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

    /// <summary>The seconds between a stage's steps, without the first <paramref name="skip"/>.</summary>
    public IEnumerable<double> StepSeconds(TrainingStage stage, int skip)
    {
        List<double> times = _times[stage];
        return times.Zip(times.Skip(1), (before, after) => after - before).Skip(skip);
    }

    /// <summary>When a stage's last step was done.</summary>
    public double End(TrainingStage stage) => _times.TryGetValue(stage, out var times) ? times[^1] : 0;
}
