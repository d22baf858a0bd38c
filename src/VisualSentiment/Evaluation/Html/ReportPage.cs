using System.Reflection;
using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>
/// A report as one HTML file. It is also well-formed XML, so that an XML writer escapes all text. A content security
/// policy prevents browsers from loading or running anything.
/// </summary>
internal sealed class ReportPage
{
    private const string Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    private static readonly IReadOnlyList<(string Title, Func<ReportContent, IEnumerable<XElement>> Render)> Sections =
    [
        ("Accuracy", AccuracySection.Render),
        ("Recipes", RecipesSection.Render),
        ("Training", TrainingSection.Render),
        ("Recall per class", ClassesSection.Render),
        ("Confusions", ClassesSection.RenderConfusions),
        ("Calibration", AccuracySection.RenderCalibration),
        ("Largest losses", content => ImagesSection.Render(content,
            "The images with the lowest probability of the label from the student.", content.Report.LargestLosses)),
        ("Teacher against student", content => ImagesSection.Render(content,
            "The images with the largest KL(teacher || student).", content.Report.LargestDivergences)),
    ];

    private readonly ReportContent _content;

    /// <exception cref="ArgumentException">Options are invalid; the message lists all of them.</exception>
    public ReportPage(DistillationReport report, HtmlReportOptions options)
    {
        options.Validate();
        _content = new ReportContent(report, options);
    }

    public void Write(Stream stream) => Markup.WritePage(stream, Render());

    private XElement Render()
    {
        (string Id, string Title, XElement[] Content)[] sections =
        [
            .. Sections.Select(section => (Id: section.Title.ToLowerInvariant().Replace(' ', '-'), section.Title,
                Content: section.Render(_content).ToArray()))
                .Where(section => section.Content.Length > 0),
        ];
        return new XElement("html", new XAttribute("lang", "en"),
            new XElement("head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("meta", new XAttribute("http-equiv", "Content-Security-Policy"),
                    new XAttribute("content", Policy)),
                new XElement("meta", new XAttribute("name", "viewport"),
                    new XAttribute("content", "width=device-width, initial-scale=1")),
                new XElement("meta", new XAttribute("name", "color-scheme"), new XAttribute("content", "light dark")),
                new XElement("title", _content.Options.Title),
                new XElement("style", StyleSheet())),
            new XElement("body",
                new XElement("main",
                    Summary.Render(_content),
                    new XElement("nav", new XAttribute("aria-label", "Sections"),
                        sections.Select(section =>
                            new XElement("a", new XAttribute("href", $"#{section.Id}"), section.Title))),
                    sections.Select(section => new XElement("section", new XAttribute("id", section.Id),
                        new XElement("h2", section.Title), section.Content))),
                new XElement("footer", Footer())));
    }

    private XElement Footer()
    {
        DistillationReport report = _content.Report;
        var trained = TimeSpan.FromTicks(
            report.Outcomes.Sum(run => run.Curves.Student is [.., var last] ? last.Elapsed.Ticks : 0));
        var settings = new OrderedDictionary<string, string?>
        {
            ["library"] = $"VisualSentiment {Version()}",
            ["recipe"] = report.Recipe,
            ["fingerprint of the test images"] = report.DataFingerprint(),
            ["training time of the student"] =
                trained > TimeSpan.Zero ? Format.Duration(trained) : null,
        };
        foreach (var (name, value) in report.Settings.Concat(_content.Options.Settings ?? report.Settings))
            settings[name] = value;
        return Markup.Table("How this report was made", "list", ["setting", "value"],
            settings.Where(setting => setting.Value is not null).Select(setting =>
                Markup.Row(Markup.Name(setting.Key), Markup.Cell(Markup.Name(setting.Value!)))));
    }

    private static string? Version() => typeof(ReportPage).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    private static string StyleSheet()
    {
        using Stream resource = typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }
}
