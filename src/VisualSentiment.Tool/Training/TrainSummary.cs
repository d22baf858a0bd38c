using System.Globalization;
using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Training;

/// <summary>Shows the results of a training.</summary>
internal static class TrainSummary
{
    public static void Show(DistillationReport report, HtmlReportOptions costs)
    {
        (string Kind, ModelEvaluation? Model, ModelCost? Cost)[] models =
        [
            ("teacher", report.Teacher, costs.Teacher), ("student", report.Student, costs.Student),
            ("labels only", report.HardLabelStudent, costs.HardLabelStudent),
            ("labels only, pretrained", report.PretrainedHardLabelStudent, null),
        ];
        Screen.Line();
        Screen.Table(["", "accuracy", "95% interval", "parameters", "ms/image", "training"],
        [
            .. models.Where(row => row.Model is not null).Select(row => (string[])
            [
                row.Kind, Percent(row.Model!.Accuracy.Value),
                $"{Percent(row.Model.Accuracy.Lower)} to {Percent(row.Model.Accuracy.Upper)}",
                Number(row.Cost?.Parameters, "N0"), Number(row.Cost?.MillisecondsPerImage, "0.0"),
                row.Cost?.TrainingTime?.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) ?? "",
            ]),
        ]);
        Screen.Line($"{report.Images} test images, {report.Classes.Count} classes.");
        foreach (DistillationFinding finding in report.Findings)
            Screen.Line($"- {finding.Message}");
    }

    private static string Percent(double share) => share.ToString("0.0%", CultureInfo.InvariantCulture);

    private static string Number(IFormattable? value, string format) =>
        value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
