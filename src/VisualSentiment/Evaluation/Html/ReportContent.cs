using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>The content of a page.</summary>
internal sealed class ReportContent
{
    public ReportContent(DistillationReport report, HtmlReportOptions options)
    {
        Report = report;
        Options = options;
        Student = new("student", "Distilled student", 0, report.Student, options.Student ?? new(), run => run.Student,
            image => image.Student);
        Models =
        [
            .. report.Teacher is not { } teacher ? Array.Empty<ComparedModel>()
                : [new("teacher", "Teacher", 1, teacher, options.Teacher ?? new(), run => run.Teacher,
                    image => image.Teacher)],
            Student,
            .. report.HardLabelStudent is not { } hard ? Array.Empty<ComparedModel>()
                : [new("labels only", "Same student, labels only", 2, hard, options.HardLabelStudent ?? new(),
                    run => run.HardLabelStudent, image => image.HardLabelStudent)],
            .. report.PretrainedHardLabelStudent is not { } pretrained ? Array.Empty<ComparedModel>()
                : [new("labels only, pretrained", "Same pretrained student, labels only", 4, pretrained, new(),
                    run => run.PretrainedHardLabelStudent, _ => null)],
        ];
    }

    public DistillationReport Report { get; }

    public HtmlReportOptions Options { get; }

    public ComparedModel Student { get; }

    /// <summary>The compared models: teacher, student and the students on labels only, if they exist.</summary>
    public IReadOnlyList<ComparedModel> Models { get; }
}

/// <summary>A compared model.</summary>
/// <param name="Role">The role, for tables and plots.</param>
/// <param name="Title">The role, for titles.</param>
/// <param name="Color">The number of its color.</param>
/// <param name="Evaluation">Its metrics.</param>
/// <param name="Cost">Its size and speed.</param>
/// <param name="Epochs">Gets its epochs in a run.</param>
/// <param name="Scores">Gets its probabilities for an image; null if they are unknown.</param>
internal sealed record ComparedModel(string Role, string Title, int Color, ModelEvaluation Evaluation, ModelCost Cost,
    Func<TrainingCurves, IReadOnlyList<EpochResult>> Epochs, Func<TestedImage, IReadOnlyList<float>?> Scores);
