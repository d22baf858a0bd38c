using System.Diagnostics;
using System.Globalization;

namespace VisualSentiment.Tool.Screens;

/// <summary>One line per epoch, with the estimated remaining time of the stage.</summary>
internal sealed class ProgressLines : IProgress<TrainingProgress>
{
    private readonly Dictionary<TrainingStage, (Stopwatch Clock, double Done)> _stages = [];

    public void Report(TrainingProgress value)
    {
        lock (_stages)
        {
            double done = (value.Epoch - 1.0) * value.Steps + value.Step, all = (double)value.Epochs * value.Steps;
            if (!_stages.TryGetValue(value.Stage, out var stage))
                _stages[value.Stage] = stage = (Stopwatch.StartNew(), done);
            if (value.Step < value.Steps)
                return;
            string loss = double.IsNaN(value.Loss) ? "" : string.Create(CultureInfo.InvariantCulture, $", loss {value.Loss:0.000}");
            // The first report starts the clock, so that earlier work is not counted.
            string left = done >= all || done <= stage.Done ? "" : $", {Duration(stage.Clock.Elapsed * ((all - done) / (done - stage.Done)))} left";
            Console.WriteLine($"  {StageName.Of(value)}{loss}{left}");
        }
    }

    private static string Duration(TimeSpan time) => time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);
}
