namespace VisualSentiment.Reporting.Page;

/// <summary>What a page is made of.</summary>
internal sealed class ReportContent(DistillationReport report, HtmlReportOptions options)
{
    public DistillationReport Report { get; } = report;

    public HtmlReportOptions Options { get; } = options;

    /// <summary>The models of the comparison: teacher, student, hard labels, as far as they are there.</summary>
    public IReadOnlyList<ComparedModel> Models { get; } =
    [
        .. report.Teacher is { } teacher ? [new ComparedModel("teacher", 1, teacher, options.Teacher ?? new(), run => run.Teacher, picture => picture.Teacher)] : Array.Empty<ComparedModel>(),
        new ComparedModel("student", 0, report.Student, options.Student ?? new(), run => run.Student, picture => picture.Student),
        .. report.HardLabelStudent is { } hard ? [new ComparedModel("hard labels", 2, hard, options.HardLabelStudent ?? new(), run => run.HardLabelStudent, picture => picture.HardLabelStudent)] : Array.Empty<ComparedModel>(),
    ];
}
