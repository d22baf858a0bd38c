using Spectre.Console;

namespace VisualSentiment.Tool.Screens;

/// <summary>One progress bar per stage.</summary>
internal sealed class ProgressBars(ProgressContext context, LossColumn losses) : IProgress<TrainingProgress>
{
    private readonly Dictionary<TrainingStage, ProgressTask> _tasks = [];

    public void Report(TrainingProgress value)
    {
        lock (_tasks)
        {
            if (!_tasks.TryGetValue(value.Stage, out ProgressTask? task))
                _tasks[value.Stage] = task =
                    context.AddTask(StageName.Of(value), maxValue: (double)value.Steps * value.Epochs);
            task.Description = $"  {StageName.Of(value)}";
            task.Value = Math.Max(task.Value, (value.Epoch - 1.0) * value.Steps + value.Step);
            losses.Note(task, value);
        }
    }
}
