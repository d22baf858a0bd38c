using System.Globalization;
using System.Xml.Linq;
using VisualSentiment.Evaluation.Diagnostics;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>The summary: the quality of the student, then the compared models and the verdicts.</summary>
internal static class Summary
{
    public static XElement Render(ReportContent content)
    {
        DistillationReport report = content.Report;
        return new XElement("header",
            new XElement("h1", Markup.Name(content.Options.Title)),
            Markup.Element("p", "about", About(report)),
            Markup.Element("div", "cards", Quality(content)),
            Coverage(report.Student),
            content.Models.Count == 1 ? null : new object?[]
            {
                new XElement("h2", "Comparison"),
                Markup.Element("div", "cards", content.Models.Select(model => ModelCard(content, model))),
            },
            Verdicts(report),
            CostSection.Render(content),
            Details(report));
    }

    private static string About(DistillationReport report) =>
        $"{Format.Count(report.Images)} test images, {report.Classes.Count} classes "
        + $"(chance {Format.Percent(1.0 / report.Classes.Count)}, most frequent class "
        + $"{Format.Percent(report.MajorityShare)})"
        + (report.Runs > 1 ? $", {report.Runs} runs with {Format.Count(report.Tests)} tests" : "")
        + (report.Temperature is { } temperature
            ? $", temperature {temperature.ToString("0.##", CultureInfo.InvariantCulture)}" : "");

    private static IEnumerable<XElement> Quality(ReportContent content)
    {
        ModelEvaluation student = content.Report.Student;
        yield return Card(0, "Accuracy", student.Accuracy.Value, Interval(student));
        if (content.Report.Classes.Count > 2)
            yield return Card(0, "Label among the first two", student.TopTwoAccuracy);
        if (student.PolarityAccuracy is { } polarity)
            yield return Card(0, "Positive or negative", polarity);
        var tested = student.Recall.Where(pair => pair.Value is not null).OrderBy(pair => pair.Value).ToArray();
        if (tested.Length < 2)
            yield break;
        yield return Card(0, "Best class", tested[^1].Value!.Value, Markup.Name(tested[^1].Key));
        yield return Card(0, "Worst class", tested[0].Value!.Value, Markup.Name(tested[0].Key));
    }

    private static XElement Coverage(ModelEvaluation student) => Markup.Table(
        "If an application uses only predictions with a minimum confidence", "shares",
        ["confidence", "images kept", "accuracy of these"],
        student.Coverage.Select(row => Markup.Row(
            string.Create(CultureInfo.InvariantCulture, $"{row.Confidence:0.0} or more"),
            Markup.Bar(row.Share, SvgPlot.Reference), Markup.Bar(row.Accuracy, 0))));

    private static XElement ModelCard(ReportContent content, ComparedModel model)
    {
        string?[] network =
        [
            model.Cost.Name,
            model.Cost.Parameters is { } count ? $"{Format.ShortCount(count)} parameters" : null,
        ];
        return Card(model.Color, model.Title, model.Evaluation.Accuracy.Value,
            network.All(part => part is null) ? null
                : Markup.Name(string.Join(", ", network.Where(part => part is not null))),
            // The quality above states that of the student.
            model == content.Student ? null : Interval(model.Evaluation));
    }

    private static XElement Card(int color, string title, double value, params object?[] notes) =>
        Markup.Element("div", $"card k{color}",
            Markup.Element("p", "role", title), Markup.Element("p", "value", Format.Percent(value)),
            notes.Where(note => note is not null).Select(note => Markup.Element("p", "range", note)));

    private static string Interval(ModelEvaluation model) => Markup.Typeset(
        $"95% interval {Format.Percent(model.Accuracy.Lower)} to {Format.Percent(model.Accuracy.Upper)}");

    private static IEnumerable<XElement> Verdicts(DistillationReport report)
    {
        DistillationFinding[] causes =
            [.. report.Findings.Where(finding => finding.Kind != DistillationFindingKind.DidNotBeatHardLabels)];
        // The pretrained student on labels only may be the only one to compare with.
        Verdict? pretrained = report.PretrainedVerdict;
        yield return Block(report.Verdict ?? pretrained
            ?? new(VerdictKind.NoDifferenceShown,
                "The gain from distillation is unknown without a student on labels only."),
            causes.Length == 0 ? []
            : [
                new XElement("p", report.Verdict is null ? "Possible problems:" : "Likely causes:"),
                new XElement("ul", causes.Select(cause => new XElement("li", Markup.Rich(cause.Message)))),
            ]);
        if (report.Verdict is not null && pretrained is not null)
            yield return Block(pretrained, []);
    }

    private static XElement Block(Verdict verdict, XElement[] content)
    {
        // The verdict is the text up to the colon.
        string message = Markup.Typeset(verdict.Message);
        int end = message.IndexOf(':', StringComparison.Ordinal) + 1;
        return Markup.Element("div", verdict.Kind switch
        {
            VerdictKind.Better => "verdict good",
            VerdictKind.Worse => "verdict bad",
            _ => "verdict",
        }, new XElement("p", new XElement("strong", message[..end]), message[end..]), content);
    }

    private static XElement? Details(DistillationReport report)
    {
        string[] lines = [.. ReportMarkdown.Details(report)];
        return lines.Length == 0 ? null : new XElement("details",
            new XElement("summary", "Details of the comparison"),
            new XElement("ul", lines.Select(line => new XElement("li", Markup.Typeset(line)))));
    }
}
