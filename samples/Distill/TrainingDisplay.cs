using System.Globalization;
using Spectre.Console;
using VisualSentiment;

namespace Distill;

/// <summary>Shows how training goes: bars with time left in a terminal, a line an epoch elsewhere.</summary>
internal static class TrainingDisplay
{
    public static T Run<T>(string title, Func<IProgress<TrainingProgress>, T> work)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]{title}[/]");
        if (!AnsiConsole.Profile.Capabilities.Interactive)
            return work(new Lines());
        return AnsiConsole.Progress().AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(new Bars(context)));
    }

    private static string Describe(TrainingProgress progress)
    {
        string stage = progress.Stage switch
        {
            TrainingStage.Decoding => "decoding pictures",
            TrainingStage.TrainingTeacher => "training the teacher",
            TrainingStage.Teaching => "asking the teacher",
            _ => "training the student",
        };
        string epoch = progress.Epochs > 1 ? $", epoch {progress.Epoch} of {progress.Epochs}" : "";
        string loss = double.IsNaN(progress.Loss) ? "" : string.Create(CultureInfo.InvariantCulture, $", loss {progress.Loss:0.000}");
        return $"  {stage}{epoch}{loss}";
    }

    private sealed class Bars(ProgressContext context) : IProgress<TrainingProgress>
    {
        private readonly Dictionary<TrainingStage, ProgressTask> _tasks = [];

        public void Report(TrainingProgress value)
        {
            lock (_tasks)
            {
                if (!_tasks.TryGetValue(value.Stage, out ProgressTask? task))
                    _tasks[value.Stage] = task = context.AddTask(Describe(value), maxValue: (double)value.Steps * value.Epochs);
                task.Description = Describe(value);
                task.Value = Math.Max(task.Value, (value.Epoch - 1.0) * value.Steps + value.Step);
            }
        }
    }

    private sealed class Lines : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == value.Steps)
                Console.WriteLine(Describe(value));
        }
    }
}
