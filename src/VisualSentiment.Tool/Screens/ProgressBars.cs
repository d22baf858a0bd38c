using Spectre.Console;

namespace VisualSentiment.Tool.Screens;

/// <summary>One progress bar per stage, or several if the work of a stage is done in parts.</summary>
internal sealed class ProgressBars(ProgressContext context, LossColumn losses) : IProgress<TrainingProgress>
{
    private readonly Dictionary<TrainingStage, ProgressTask> _tasks = [];

    public void Report(TrainingProgress value)
    {
        lock (_tasks)
        {
            double steps = (double)value.Steps * value.Epochs, done = (value.Epoch - 1.0) * value.Steps + value.Step;
            if (!_tasks.TryGetValue(value.Stage, out ProgressTask? task) || task.MaxValue != steps
                || (task.IsFinished && done < steps))
                _tasks[value.Stage] = task = context.AddTask(StageName.Of(value), maxValue: steps);
            task.Description = $"  {StageName.Of(value)}";
            task.Value = Math.Max(task.Value, done);
            losses.Note(task, value);
        }
    }
}
