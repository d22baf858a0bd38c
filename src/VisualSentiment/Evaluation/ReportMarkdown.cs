using System.Text;
using VisualSentiment.Common;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation;

/// <summary>Writes a report as Markdown: a table with one column per model, comparisons, and findings.</summary>
internal static class ReportMarkdown
{
    public static string Write(DistillationReport report)
    {
        (string Name, ModelEvaluation Model)[] models =
        [
            .. report.Teacher is { } teacher ? [("teacher", teacher)] : Array.Empty<(string, ModelEvaluation)>(),
            ("student", report.Student),
            .. report.HardLabelStudent is { } hard ? [("hard labels", hard)] : Array.Empty<(string, ModelEvaluation)>(),
        ];
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');
        void Row(string title, Func<ModelEvaluation, string> cell) =>
            Line($"| {title} | {string.Join(" | ", models.Select(model => cell(model.Model)))} |");

        Line($"{Format.Count(report.Images)} test images, {report.Classes.Count} classes"
            + (report.Runs > 1 ? $", {report.Runs} runs, {Format.Count(report.Tests)} tests" : ""));
        Line("");
        Line($"| | {string.Join(" | ", models.Select(model => model.Name))} |");
        Line($"|-|{string.Concat(models.Select(_ => "-:|"))}");
        Row("accuracy", model => Format.Percent(model.Accuracy.Value));
        Row("95% interval",
            model => $"{Format.Percent(model.Accuracy.Lower)} to {Format.Percent(model.Accuracy.Upper)}");
        if (report.Runs > 1)
            Row("mean ± standard deviation of runs", model => Format.Percent(model.AccuracyOverRuns!));
        Row("macro accuracy", model => Format.Percent(model.MacroAccuracy));
        Row("cross-entropy", model => Format.Number(model.CrossEntropy));
        Row("expected calibration error", model => Format.Percent(model.CalibrationError));
        Row("polarity accuracy", model => PercentOrNone(model.PolarityAccuracy));
        foreach (string name in report.Classes)
            Row($"recall of {Escape(name)}", model => PercentOrNone(model.Recall[name]));
        Line("");
        foreach (string line in Comparisons(report))
            Line($"- {line}");
        if (report.Comparisons.Count > 0)
            Line("\n| other recipe | accuracy | student minus this recipe |\n|-|-:|-:|");
        foreach (RecipeComparison other in report.Comparisons)
            Line($"| {Escape(other.Recipe)} | {Format.Percent(other.Accuracy.Value)} "
                + $"| {Format.Points(other.Difference)} |");
        if (report.Findings.Count > 0)
            Line("\nFindings:\n");
        foreach (DistillationFinding finding in report.Findings)
            Line($"- {finding.Message}");
        return text.ToString();
    }

    private static IEnumerable<string> Comparisons(DistillationReport report)
    {
        if (report.GainOverHardLabels is { } gain)
            yield return $"Student minus hard labels: {Format.Points(gain)}"
                + (report.GainOverRuns is not { } spread ? ""
                : $"; over {spread.Runs} runs {Format.Points(spread.Mean)} "
                    + $"± {Format.Points(spread.StandardDeviation).TrimStart('+')}");
        yield return report.GapRecovered is { } recovered
            ? $"Gap recovered: {Format.Percent(recovered)} of {Format.Points(report.TeacherGap!.Value.Value)} points"
            : $"Gap recovered: unknown; {report.GapRecoveredMissing}";
        if (PolarityMap.Note(report.ClassesWithoutPolarity, report.Classes.Count) is { } note)
            yield return note;
        if (report is { Agreement: { } agreement, TeacherDivergence: { } divergence })
            yield return $"Agreement with the teacher: {Format.Percent(agreement)} of tests; "
                + $"KL {Format.Number(divergence)} nats";
    }

    private static string Escape(string name) => name.Replace("|", "\\|", StringComparison.Ordinal);

    private static string PercentOrNone(double? share) => share is { } known ? Format.Percent(known) : "-";
}
