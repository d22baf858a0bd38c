using System.Diagnostics;
using VisualSentiment;

namespace PaperTables;

/// <summary>
/// Times the steps of a training, and stops one that the first steps show to be longer than a budget. Passes on what is
/// reported.
/// </summary>
/// <param name="display">Where reports go on to.</param>
/// <param name="budget">The longest training; null for none.</param>
/// <param name="batchSize">The images of a step.</param>
/// <param name="stop">Canceled when the budget does not suffice.</param>
internal sealed class BudgetWatch(IProgress<TrainingProgress> display, TimeSpan? budget, int batchSize, CancellationTokenSource stop) : IProgress<TrainingProgress>
{
    // The first step allocates what the others use again.
    private const int MeasuredSteps = 3;

    private readonly List<double> _seconds = [];
    private long _last;

    /// <summary>How long the whole training takes; null before three steps were timed.</summary>
    public TimeSpan? Estimate { get; private set; }

    public bool IsExceeded => stop.IsCancellationRequested;

    public double? MillisecondsOfImage => _seconds.Count == 0 ? null : Median() * 1000 / batchSize;

    public void Report(TrainingProgress value)
    {
        display.Report(value);
        // Stages without a loss are no training.
        if (double.IsNaN(value.Loss))
            return;
        long now = Stopwatch.GetTimestamp();
        // What lies between two epochs is no step.
        if (_last != 0 && value.Step > 1)
            _seconds.Add(Stopwatch.GetElapsedTime(_last, now).TotalSeconds);
        _last = now;
        if (_seconds.Count != MeasuredSteps || Estimate is not null)
            return;
        Estimate = TimeSpan.FromSeconds(Median() * value.Steps * value.Epochs);
        if (Estimate > budget)
            stop.Cancel();
    }

    private double Median() => _seconds.Order().ElementAt(_seconds.Count / 2);
}
