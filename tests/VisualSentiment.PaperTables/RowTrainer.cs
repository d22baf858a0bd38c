using System.Diagnostics;
using Microsoft.ML;
using VisualSentiment;

namespace PaperTables;

/// <summary>Trains and tests one network on one part, unless its row stands in the output folder already.</summary>
internal sealed class RowTrainer(MLContext ml, PaperSettings settings, ResultFolder results, Part part, CancellationToken cancellation)
{
    /// <summary>The row of a network, where it is known and would not come out otherwise now.</summary>
    public TableRow? Find(string key, string? teacher = null)
    {
        if (results.Read<TableRow>(FileOf(key)) is not { } row || row.Teacher != teacher)
            return null;
        bool triedAgain = row.LeftOut is not null && (row.EstimatedHours is null || Allows(row.EstimatedHours.Value));
        return triedAgain ? null : row;
    }

    /// <summary>Keeps a row.</summary>
    public TableRow Keep(TableRow row)
    {
        results.Write(FileOf(row.Key), row);
        return row;
    }

    /// <summary>Trains a network and keeps its row.</summary>
    /// <param name="row">What is known of it beforehand.</param>
    /// <param name="fit">Trains it.</param>
    /// <param name="history">Its epochs; empty for one that is not trained in epochs.</param>
    /// <param name="network">The trained network, to be disposed; default where the budget does not suffice.</param>
    public TableRow Train<T>(TableRow row, Func<RowTraining, T> fit, Func<T, IReadOnlyList<EpochResult>> history, out T? network) where T : class, ITransformer, IDisposable
    {
        TimeSpan? budget = settings.Networks == NetworkChoice.All ? null : TimeSpan.FromHours(settings.Budget);
        var clock = Stopwatch.StartNew();
        network = Run(row, fit, budget, out BudgetWatch watch);
        row = row with { EstimatedHours = watch.Estimate?.TotalHours, StepMilliseconds = watch.MillisecondsOfImage };
        if (network is null)
        {
            Screen.Warning($"  left out: training would take {Text.Hours(watch.Estimate!.Value.TotalHours)}");
            return Keep(row with { LeftOut = $"training would take {Text.Hours(row.EstimatedHours!.Value)}" });
        }
        var epochs = history(network);
        double accuracy = ml.MulticlassClassification.Evaluate(network.Transform(part.Test)).MicroAccuracy;
        int tests = part.TestImages;
        row = row with
        {
            Seconds = epochs is [.., var last] ? last.Elapsed.TotalSeconds : clock.Elapsed.TotalSeconds,
            Losses = [.. epochs.Select(epoch => epoch.Loss)],
            Tests = tests,
            Right = (int)Math.Round(accuracy * tests),
        };
        Screen.Line($"  {Text.Percent(accuracy)} of {tests} test images, {Text.Seconds(row.Seconds)} s");
        return Keep(row);
    }

    /// <summary>Trains a network again whose row is known, because it is to teach. Goes on from its last epoch, so mostly it only loads.</summary>
    public T Load<T>(TableRow row, Func<RowTraining, T> fit) where T : class => Run(row, fit, null, out _)!;

    /// <summary>Where a training goes on after it was stopped.</summary>
    public string CheckpointFolderOf(string key) => results.PathOf($"checkpoints/{part.Name}/{key}");

    private bool Allows(double hours) => settings.Networks == NetworkChoice.All || hours <= settings.Budget;

    private string FileOf(string key) => $"rows/{part.Name}/{key}.json";

    private T? Run<T>(TableRow row, Func<RowTraining, T> fit, TimeSpan? budget, out BudgetWatch watch) where T : class
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        BudgetWatch? made = null;
        try
        {
            return TrainingDisplay.Run($"{part.Title}: {row.Name}", display =>
            {
                made = new BudgetWatch(display, budget, settings.BatchSize, stop);
                return fit(new RowTraining(made, CheckpointFolderOf(row.Key), stop.Token));
            });
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested && made is { IsExceeded: true })
        {
            return null;
        }
        finally
        {
            watch = made!;
        }
    }
}
