using System.Text.Json;
using VisualSentiment;

namespace Distill;

/// <summary>Writes the results as JSON.</summary>
internal static class ReportFile
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Write(string path, DistillationReport report, int seed) => File.WriteAllText(path,
        JsonSerializer.Serialize(new
        {
            report.Recipe,
            seed,
            report.Classes,
            testImages = report.Images,
            teacher = Describe(report.Teacher!),
            student = Describe(report.Student),
            hardLabelStudent = Describe(report.HardLabelStudent!),
            pretrainedHardLabelStudent = Describe(report.PretrainedHardLabelStudent!),
            report.GainOverHardLabels,
            report.GainOverPretrainedHardLabels,
        }, Format));

    private static object Describe(ModelEvaluation model) => new { accuracy = model.Accuracy.Value };
}
