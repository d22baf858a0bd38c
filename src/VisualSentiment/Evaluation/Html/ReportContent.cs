using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>What a page is made of.</summary>
internal sealed class ReportContent(DistillationReport report, HtmlReportOptions options)
{
    public DistillationReport Report { get; } = report;

    public HtmlReportOptions Options { get; } = options;

    /// <summary>The models of the comparison: teacher, student, hard labels, as far as they are there.</summary>
    public IReadOnlyList<ComparedModel> Models { get; } =
    [
        .. report.Teacher is { } teacher ? [new ComparedModel("teacher", 1, teacher, options.Teacher ?? new(), run => run.Teacher, image => image.Teacher)] : Array.Empty<ComparedModel>(),
        new ComparedModel("student", 0, report.Student, options.Student ?? new(), run => run.Student, image => image.Student),
        .. report.HardLabelStudent is { } hard ? [new ComparedModel("hard labels", 2, hard, options.HardLabelStudent ?? new(), run => run.HardLabelStudent, image => image.HardLabelStudent)] : Array.Empty<ComparedModel>(),
    ];
}

/// <summary>A model of the comparison, as a page shows it.</summary>
/// <param name="Role">The role: teacher, student or hard labels.</param>
/// <param name="Color">The number of its color, the same throughout the page.</param>
/// <param name="Evaluation">Its metrics.</param>
/// <param name="Cost">Its size and speed.</param>
/// <param name="Epochs">Its epochs in a run.</param>
/// <param name="Scores">Its probabilities for an image.</param>
internal sealed record ComparedModel(string Role, int Color, ModelEvaluation Evaluation, ModelCost Cost,
    Func<TrainingCurves, IReadOnlyList<EpochResult>> Epochs, Func<TestedImage, IReadOnlyList<float>?> Scores)
{
    /// <summary>Its own name, where it has one.</summary>
    public string Name => Cost.Name ?? Role;
}
