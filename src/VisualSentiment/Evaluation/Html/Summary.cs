using System.Globalization;
using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>The summary: the compared models, the verdict and its likely causes.</summary>
internal static class Summary
{
    public static XElement Render(ReportContent content)
    {
        DistillationReport report = content.Report;
        return new XElement("header",
            new XElement("h1", Markup.Name(content.Options.Title)),
            Markup.Element("p", "about", About(report)),
            Markup.Element("div", "cards", content.Models.Select(Card)),
            Verdict(report),
            new XElement("p", report.GapRecovered is { } recovered
                ? $"Gap recovered: {Format.Percent(recovered)} of the {Format.Points(report.TeacherGap!.Value.Value)} "
                    + "points between hard labels and teacher."
                : Markup.Typeset($"Gap recovered: unknown; {report.GapRecoveredMissing}.")),
            report is { Agreement: { } agreement, TeacherDivergence: { } divergence }
                ? new XElement("p", $"Student and teacher agree on {Format.Percent(agreement)} of tests; "
                    + $"KL(teacher || student) is {Format.Number(divergence)} nats.") : null);
    }

    private static string About(DistillationReport report) =>
        $"{Format.Count(report.Images)} test images, {report.Classes.Count} classes "
        + $"(chance {Format.Percent(1.0 / report.Classes.Count)})"
        + (report.Runs > 1 ? $", {report.Runs} runs with {Format.Count(report.Tests)} tests" : "")
        + (report.Temperature is { } temperature
            ? $", temperature {temperature.ToString("0.##", CultureInfo.InvariantCulture)}" : "");

    private static XElement Card(ComparedModel model) => Markup.Element("div", $"card k{model.Color}",
        Markup.Element("p", "role", model.Role),
        Markup.Element("p", "value", Format.Percent(model.Evaluation.Accuracy.Value)),
        Markup.Element("p", "range", Markup.Typeset($"95% interval {Format.Percent(model.Evaluation.Accuracy.Lower)} "
            + $"to {Format.Percent(model.Evaluation.Accuracy.Upper)}")),
        model.Cost.Name is { } name ? Markup.Element("p", "range", Markup.Name(name)) : null,
        model.Cost.Parameters is { } parameters ? Markup.Element("p", "range", $"{Format.Count(parameters)} parameters")
            : null);

    private static XElement Verdict(DistillationReport report)
    {
        DistillationFinding? verdict = report.Findings.FirstOrDefault(finding =>
            finding.Kind == DistillationFindingKind.DidNotBeatHardLabels);
        DistillationFinding[] causes = [.. report.Findings.Where(finding => finding != verdict)];
        string sentence = verdict is not null ? verdict.Message
            : report.GainOverHardLabels is not { } gain
                ? "Without a student on hard labels, the gain from distillation is unknown."
            : causes.Length == 0 ? $"Distillation beat hard labels: {Format.Points(gain)}."
            : $"Student minus hard labels: {Format.Points(gain)}. The evidence for a gain is too weak.";
        bool good = report.GainOverHardLabels is not null && report.Findings.Count == 0;
        return Markup.Element("div", good ? "verdict good" : "verdict open",
            new XElement("p", new XElement("strong", Markup.Typeset(sentence))),
            causes.Length == 0 ? null
                : new XElement("p", report.GainOverHardLabels is null ? "Possible problems:" : "Likely causes:"),
            causes.Length == 0 ? null
                : new XElement("ul", causes.Select(cause => new XElement("li", Markup.Typeset(cause.Message)))));
    }
}
