using System.Globalization;
using System.Xml.Linq;

namespace VisualSentiment.Reporting.Page;

/// <summary>The head of the page: what was compared, how it ended, and why.</summary>
internal static class Summary
{
    public static XElement Render(ReportContent content)
    {
        DistillationReport report = content.Report;
        return new XElement("header",
            new XElement("h1", Html.Name(content.Options.Title)),
            Html.Element("p", "about", About(report)),
            Html.Element("div", "cards", content.Models.Select(Card)),
            Verdict(report),
            new XElement("p", report.GapRecovered is { } recovered
                ? $"Gap recovered: {Figures.Percent(recovered)} of the {Figures.Points(report.TeacherGap!.Value.Value)} points between hard labels and teacher."
                : $"Gap recovered: not known; {report.GapRecoveredMissing}."),
            report is { Agreement: { } agreement, TeacherDivergence: { } divergence }
                ? new XElement("p", $"Student and teacher agree on {Figures.Percent(agreement)} of tests; KL(teacher || student) is {Figures.Number(divergence)} nats.") : null);
    }

    private static string About(DistillationReport report) =>
        $"{Figures.Count(report.Pictures)} test pictures, {report.Classes.Count} classes (chance {Figures.Percent(1.0 / report.Classes.Count)})"
        + (report.Runs > 1 ? $", {report.Runs} runs with {Figures.Count(report.Tests)} tests" : "")
        + (report.Temperature is { } temperature ? $", temperature {temperature.ToString("0.##", CultureInfo.InvariantCulture)}" : "");

    private static XElement Card(ComparedModel model) => Html.Element("div", $"card k{model.Color}",
        Html.Element("p", "role", model.Role),
        Html.Element("p", "value", Figures.Percent(model.Evaluation.Accuracy.Value)),
        Html.Element("p", "range", $"95 % interval {Figures.Percent(model.Evaluation.Accuracy.Lower)} to {Figures.Percent(model.Evaluation.Accuracy.Upper)}"),
        model.Figures.Name is { } name ? Html.Element("p", "range", Html.Name(name)) : null,
        model.Figures.Parameters is { } parameters ? Html.Element("p", "range", $"{Figures.Count(parameters)} parameters") : null);

    private static XElement Verdict(DistillationReport report)
    {
        DistillationFinding? verdict = report.Findings.FirstOrDefault(finding => finding.Kind == DistillationFindingKind.DidNotBeatHardLabels);
        DistillationFinding[] causes = [.. report.Findings.Where(finding => finding != verdict)];
        string sentence = verdict is not null ? verdict.Message
            : report.GainOverHardLabels is not { } gain ? "There is no student on hard labels, so what distillation brought is not known."
            : causes.Length == 0 ? $"Distillation beat hard labels: {Figures.Points(gain)}."
            : $"Student less hard labels: {Figures.Points(gain)}. Whether that is a gain is open.";
        bool good = report.GainOverHardLabels is not null && report.Findings.Count == 0;
        return Html.Element("div", good ? "verdict good" : "verdict open",
            new XElement("p", new XElement("strong", sentence)),
            causes.Length == 0 ? null : new XElement("p", report.GainOverHardLabels is null ? "What would spoil a distillation:" : "Likely causes:"),
            causes.Length == 0 ? null : new XElement("ul", causes.Select(cause => new XElement("li", cause.Message))));
    }
}
