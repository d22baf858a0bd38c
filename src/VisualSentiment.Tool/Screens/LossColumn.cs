using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace VisualSentiment.Tool.Screens;

/// <summary>The losses of all epochs as a sparkline, and the latest as a number.</summary>
internal sealed class LossColumn : ProgressColumn
{
    private const int Width = 12;

    private readonly ConcurrentDictionary<int, SortedDictionary<int, double>> _losses = new();

    protected override bool NoWrap => true;

    public void Note(ProgressTask task, TrainingProgress progress)
    {
        if (!double.IsFinite(progress.Loss))
            return;
        SortedDictionary<int, double> epochs = _losses.GetOrAdd(task.Id, _ => []);
        lock (epochs)
            epochs[progress.Epoch] = progress.Loss;
    }

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        if (!_losses.TryGetValue(task.Id, out SortedDictionary<int, double>? epochs))
            return Text.Empty;
        double[] values;
        lock (epochs)
            values = [.. epochs.Values];
        return new Text(FormattableString.Invariant($"{Sparkline.Draw(values, Width)} {values[^1]:0.000}"));
    }
}
