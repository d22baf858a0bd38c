using System.Text;
using VisualSentiment.Common;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation;

/// <summary>Writes a report as Markdown: a table with one column per model, comparisons, and findings.</summary>
internal static class ReportMarkdown
{
    public static string Write(DistillationReport report, ModelCost? studentCost, ModelCost? teacherCost)
    {
        (string Name, ModelEvaluation Model, ModelCost? Cost)[] models =
        [
            .. new (string, ModelEvaluation?, ModelCost?)[]
            {
                ("teacher", report.Teacher, teacherCost), ("student", report.Student, studentCost),
                ("labels only", report.HardLabelStudent, null),
                ("labels only, pretrained", report.PretrainedHardLabelStudent, null),
            }.Where(model => model.Item2 is not null)!,
        ];
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');
        void Row(string title, Func<ModelEvaluation, string> cell) =>
            Line($"| {title} | {string.Join(" | ", models.Select(model => cell(model.Model)))} |");
        void Cost(string title, Func<ModelCost, string?> value)
        {
            string?[] cells = [.. models.Select(model => model.Cost is { } cost ? value(cost) : null)];
            if (cells.Any(cell => cell is not null))
                Line($"| {title} | {string.Join(" | ", cells.Select(cell => cell ?? "-"))} |");
        }

        if (report.Recipe is not null)
            Line($"Recipe: {report.Recipe}\n");
        Line($"{Format.Count(report.Images)} test images, {report.Classes.Count} classes "
            + $"(chance {Format.Percent(1.0 / report.Classes.Count)}, most frequent class "
            + $"{Format.Percent(report.MajorityShare)})"
            + (report.Runs > 1 ? $", {report.Runs} runs, {Format.Count(report.Tests)} tests" : ""));
        Line("");
        Line($"| | {string.Join(" | ", models.Select(model => model.Name))} |");
        Line($"|-|{string.Concat(models.Select(_ => "-:|"))}");
        Row("accuracy", model => Format.Percent(model.Accuracy.Value));
        Row("95% interval",
            model => $"{Format.Percent(model.Accuracy.Lower)} to {Format.Percent(model.Accuracy.Upper)}");
        if (report.Runs > 1)
            Row("mean ± standard deviation of runs", model => Format.Percent(model.AccuracyOverRuns!));
        Cost("time per image", cost => cost.MillisecondsPerImage is { } time ? Format.Milliseconds(time) : null);
        Cost("file size", cost => cost.FileBytes is { } bytes ? Format.Megabytes(bytes) : null);
        Cost("parameters", cost => cost.Parameters is { } count ? Format.Count(count) : null);
        Row("label among the first two", model => Format.Percent(model.TopTwoAccuracy));
        foreach (int i in Enumerable.Range(0, ModelTally.Thresholds.Length))
            Row($"confidence at least {Format.Percent(ModelTally.Thresholds[i])}: share, accuracy",
                model => $"{Format.Percent(model.Coverage[i].Share)}, {PercentOrNone(model.Coverage[i].Accuracy)}");
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
        DistillationFinding[] causes =
            [.. report.Findings.Where(finding => finding.Kind != DistillationFindingKind.DidNotBeatHardLabels)];
        if (causes.Length > 0)
            Line("\nFindings:\n");
        foreach (DistillationFinding finding in causes)
            Line($"- {finding.Message}");
        return text.ToString();
    }

    private static IEnumerable<string> Comparisons(DistillationReport report)
    {
        if (report.Verdict is { } verdict)
            yield return verdict.Message;
        if (report.PretrainedVerdict is { } pretrained)
            yield return pretrained.Message;
        foreach (string line in Details(report))
            yield return line;
        if (PolarityMap.Note(report.ClassesWithoutPolarity, report.Classes.Count) is { } note)
            yield return note;
    }

    /// <summary>The comparison beyond the verdicts.</summary>
    public static IEnumerable<string> Details(DistillationReport report)
    {
        if (report.Gain is { DiscordantImages: var discordant, Images: var images })
            yield return $"The two students disagree on {Format.Count(discordant)} of {Format.Count(images)} images: "
                + "exactly one of them is correct.";
        if (report.GainOverRuns is { } spread)
            yield return $"Distillation minus labels only over {spread.Runs} runs: {Format.Points(spread.Mean)} "
                + $"± {Format.Points(spread.StandardDeviation).TrimStart('+')} points.";
        if (report.TeacherGap is { } gap)
            yield return $"Teacher minus labels only: {Format.Points(gap)}. Share of it recovered by distillation: "
                + (report.GapRecovered is { } recovered ? $"{Format.Percent(recovered)}."
                    : $"unknown, because {report.GapRecoveredMissing}.");
        if (report is { Agreement: { } agreement, TeacherDivergence: { } divergence })
            yield return $"Student and teacher predict the same class in {Format.Percent(agreement)} of tests; "
                + $"KL(teacher || student) is {Format.Number(divergence)} nats.";
    }

    private static string Escape(string name) => name.Replace("|", "\\|", StringComparison.Ordinal);

    private static string PercentOrNone(double? share) => share is { } known ? Format.Percent(known) : "-";
}
