using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>The content of a page.</summary>
internal sealed class ReportContent(DistillationReport report, HtmlReportOptions options)
{
    public DistillationReport Report { get; } = report;

    public HtmlReportOptions Options { get; } = options;

    /// <summary>The compared models: teacher, student and hard labels, if they exist.</summary>
    public IReadOnlyList<ComparedModel> Models { get; } =
    [
        .. new[]
        {
            report.Teacher is null ? null
                : new ComparedModel("teacher", 1, report.Teacher, options.Teacher ?? new(), run => run.Teacher,
                    image => image.Teacher),
            new ComparedModel("student", 0, report.Student, options.Student ?? new(), run => run.Student,
                image => image.Student),
            report.HardLabelStudent is null ? null : new ComparedModel("hard labels", 2, report.HardLabelStudent,
                options.HardLabelStudent ?? new(), run => run.HardLabelStudent, image => image.HardLabelStudent),
        }.OfType<ComparedModel>(),
    ];
}

/// <summary>A compared model.</summary>
/// <param name="Role">The role: teacher, student or hard labels.</param>
/// <param name="Color">The number of its color.</param>
/// <param name="Evaluation">Its metrics.</param>
/// <param name="Cost">Its size and speed.</param>
/// <param name="Epochs">Gets its epochs in a run.</param>
/// <param name="Scores">Gets its probabilities for an image.</param>
internal sealed record ComparedModel(string Role, int Color, ModelEvaluation Evaluation, ModelCost Cost,
    Func<TrainingCurves, IReadOnlyList<EpochResult>> Epochs, Func<TestedImage, IReadOnlyList<float>?> Scores);
