namespace PaperTables;

/// <summary>The tables of a report, with the figures of the paper and of this library.</summary>
internal static class ReportTables
{
    public static IEnumerable<FigureTable> Of(PaperReport report)
    {
        yield return Stages("Table 1. Teacher network", report.Table1);
        yield return Stages("Table 2. Student network", report.Table2);
        yield return new FigureTable("Table 3. Training time in seconds", ["network", "the paper", "here", "here, training step in ms per image", ""],
        [
            .. report.Split.Rows.Select(row => (string[])[row.Name, Text.Seconds(PaperFigures.Of(row).Seconds), Text.Seconds(row.Seconds),
                Text.Milliseconds(row.StepMilliseconds), LeftOut(row)]),
        ]);
        yield return new FigureTable("Table 4. Parameters and accuracy", ["network", "parameters, the paper", "as the paper counts", "trainable", "accuracy, the paper", "accuracy here"],
        [
            .. report.Split.Rows.Select(row => (string[])[row.Name, Text.Millions(PaperFigures.Of(row).ParametersInMillions),
                Text.Count(Cost(report, row)?.WithStatistics), Text.Count(Cost(report, row)?.Trainable), Text.Percent(PaperFigures.Of(row).Accuracy),
                row.LeftOut is null ? Text.Accuracy(row) : "left out"]),
        ]);
        yield return new FigureTable("Cost of the networks", ["network", "multiply-adds per image", "forward, ms per image", "training step, ms per image", "training, estimated"],
        [
            .. report.Split.Rows.Where(row => row.Temperature is null).Select(row => (string[])[row.Name, Text.Billions(Cost(report, row)?.MultiplyAdds),
                Text.Milliseconds(Cost(report, row)?.ForwardMilliseconds), Text.Milliseconds(row.StepMilliseconds),
                row.EstimatedHours is { } hours ? Text.Hours(hours) : "-"]),
        ]);
        yield return Gains("Distilled minus hard labels, the same test images", report.Gains);
        if (report.Folds is null)
            yield break;
        yield return new FigureTable($"Accuracy over {report.Folds.Name}", ["network", "accuracy", "seconds per fold"],
            [.. report.Folds.Rows.Select(row => (string[])[row.Name, row.LeftOut is null ? Text.Accuracy(row) : "left out", Text.Seconds(row.Seconds)])]);
        yield return Gains($"Distilled minus hard labels over {report.Folds.Name}", report.FoldGains!);
    }

    /// <summary>The cost of a row's network.</summary>
    public static NetworkCost? Cost(PaperReport report, TableRow row) =>
        report.Costs.GetValueOrDefault(row.Temperature is not null || row.Key == RowKeys.HardLabels ? PaperNetwork.Student.Key : row.Key);

    private static FigureTable Stages(string title, IReadOnlyList<StageSize> stages) =>
        new(title, ["stage", "layers", "output, the paper", "output here"], [.. stages.Select(stage => (string[])[stage.Name, stage.Layers, stage.Paper, stage.Here])], TextColumns: 2);

    private static FigureTable Gains(string title, IReadOnlyList<StudentGain> gains) =>
        new(title, ["temperature", "difference (95% interval)"], [.. gains.Select(gain => (string[])[Text.Number(gain.Temperature), Text.Points(gain.Difference)])]);

    private static string LeftOut(TableRow row) => row.LeftOut is null ? "" : $"left out: {row.LeftOut}";
}
