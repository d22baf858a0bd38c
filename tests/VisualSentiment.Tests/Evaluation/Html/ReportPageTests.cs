using System.Text.RegularExpressions;
using System.Xml.Linq;
using VisualSentiment.Evaluation;
using VisualSentiment.Evaluation.Statistics;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Evaluation.Html;

public sealed partial class ReportPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_page_is_an_HTML_document_that_is_well_formed_XML_and_fits_phones()
    {
        var (text, page) = ReportPages.Write(ReportPages.Report());

        Assert.StartsWith("<!DOCTYPE html", text, StringComparison.Ordinal);
        Assert.Equal("en", page.Attribute("lang")!.Value);
        Assert.Contains(page.Descendants("meta"), meta => (string?)meta.Attribute("name") == "viewport");
        Assert.Contains("prefers-color-scheme:dark", text, StringComparison.Ordinal);
        Assert.Contains("@media print", text, StringComparison.Ordinal);
        // Only elements that HTML knows as empty may end where they begin.
        Assert.All(SelfClosed().Matches(text).Select(match => match.Groups[1].Value), name => Assert.Contains(name, (string[])["meta", "img"]));
    }

    [Fact]
    public void The_gain_over_the_pretrained_student_alone_is_not_called_unknown()
    {
        var recorder = new OutcomeRecorder(ReportPages.Moods);
        for (ulong i = 0; i < 20; i++)
            recorder.Add(i, 0, student: [0.6f, 0.3f, 0.1f], pretrained: [0.3f, 0.6f, 0.1f]);

        var (text, page) = ReportPages.Write(recorder.ToReport());

        XElement verdict = Assert.Single(page.Descendants("div"), element => element.Attribute("class")?.Value.StartsWith("verdict", StringComparison.Ordinal) == true);
        Assert.StartsWith("Distillation is better than labels only from the same pretrained weights", verdict.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown without a student on labels only", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_has_no_scripts_and_no_external_resources()
    {
        string file = _folder["a.jpg"];
        TestImage.Write(file, 1);
        var (text, page) = ReportPages.Write(ReportPages.Report(path: _ => file), new() { LoadOverlay = _ => TestImage.Encode(2) });

        Assert.DoesNotContain("http:", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "link" or "iframe" or "object" or "base" or "image" or "use");
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
        Assert.All(page.Descendants().Attributes("src"), source => Assert.StartsWith("data:image/jpeg;base64,", source.Value, StringComparison.Ordinal));
        Assert.All(page.Descendants().Attributes("href"), link => Assert.Contains(page.Descendants().Attributes("id"), id => $"#{id.Value}" == link.Value));
    }

    [Fact]
    public void Every_image_and_plot_has_a_text_alternative()
    {
        var (_, page) = ReportPages.Write(ReportPages.Report(path: _ => _folder["missing.jpg"]));

        Assert.All(page.Descendants("img"), image => Assert.NotEqual("", image.Attribute("alt")!.Value));
        Assert.All(page.Descendants("figure").Elements("svg"), plot => Assert.All((string[])["title", "desc"], part => Assert.NotEqual("", plot.Element(part)!.Value)));
        Assert.All(page.Descendants("table"), table => Assert.NotEqual("", table.Element("caption")!.Value));
        Assert.All(page.Descendants("th"), title => Assert.Contains(title.Attribute("scope")!.Value, (string[])["row", "col"]));
        string[] ids = [.. page.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Distinct(), ids);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\" onload=\"alert(1)")]
    [InlineData("' & &amp; &lt; ]]> --> </style></title>")]
    [InlineData("\u202Egpj.exe\u202C \u200F\u05D0\u2066")]
    [InlineData("nul\0 bell\a lone \uD83D escape \u001B[31m \uFFFF")]
    [InlineData("100% {0} \ud83d\ude00")]
    public void Names_of_classes_files_titles_and_settings_are_escaped(string name)
    {
        string cleaned = VisualSentiment.Evaluation.Html.Markup.Clean(name);
        var (_, page) = ReportPages.Write(ReportPages.Report(classes: [name, "joy"], path: _ => "folder/" + name.Replace('/', '-')), new()
        {
            Title = name,
            Teacher = new() { Name = name, Parameters = 1 },
            Settings = new Dictionary<string, string> { [name] = name },
        });

        Assert.Empty(page.Descendants("script"));
        Assert.Empty(page.Descendants().Attributes("onload"));
        Assert.Equal(cleaned, page.Element("head")!.Element("title")!.Value);
        // Isolated wherever it stands in the text, so that its direction does not reach the neighbors.
        Assert.Contains(cleaned, page.Descendants("bdi").Select(isolated => isolated.Value));
        Assert.All(page.Descendants("th").Where(title => title.Value == cleaned && title.Elements("span").FirstOrDefault() is null), title => Assert.NotNull(title.Element("bdi")));
    }

    [Fact]
    public void Very_long_names_do_not_overlap_plots()
    {
        string name = new('w', 5000);
        var (_, page) = ReportPages.Write(ReportPages.Report(classes: [name, "joy"], path: _ => name));

        Assert.All(page.Descendants("text"), text => Assert.True(text.Value.Length < 60));
    }

    [Fact]
    public void A_page_has_every_section_for_which_there_are_figures()
    {
        List<EpochResult> history = [new(1, 2, 0.4, TimeSpan.Zero) { TrainingAccuracy = 0.3 }, new(2, 1.5, 0.5, TimeSpan.Zero) { TrainingAccuracy = 0.5 }];
        var (_, page) = ReportPages.Write(ReportPages.Report(path: _ => null, curves: new() { Teacher = history, Student = history }), new()
        {
            Student = new() { Name = "paper", Parameters = 145_800, MultiplyAdds = 292_000_000, FileBytes = 580_000, MillisecondsPerImage = 5.84, TrainingTime = TimeSpan.FromSeconds(75) },
            Settings = new Dictionary<string, string> { ["seed"] = "1" },
        });

        Assert.Equal(["Comparison", "Accuracy", "Training", "Recall per class", "Confusions", "Calibration", "Largest losses", "Teacher against student"],
            page.Descendants("h2").Select(title => title.Value));
        Assert.Equal(["Accuracy on training images", "Accuracy on validation images", "Loss: teacher", "Loss: student"],
            ReportPages.Section(page, "Training")!.Descendants("figcaption").Select(title => title.Value));
        string cost = Table(page, "Which model to use").Value;
        Assert.All((string[])["146 k", "292.0 M", "0.58 MB", "5.84 ms", "75 s"], figure => Assert.Contains(figure, cost, StringComparison.Ordinal));
    }

    [Fact]
    public void Sections_without_figures_are_left_out()
    {
        var recorder = new OutcomeRecorder(ReportPages.Moods);
        recorder.Add(1, 0, [0.5f, 0.3f, 0.2f]);

        Assert.Equal(["Accuracy", "Recall per class", "Confusions", "Calibration"],
            ReportPages.Write(recorder.ToReport()).Page.Descendants("h2").Select(title => title.Value));
    }

    [Fact]
    public void A_training_of_one_epoch_is_plotted_as_a_point()
    {
        List<EpochResult> history = [new(1, 2, null, TimeSpan.Zero)];
        var (_, page) = ReportPages.Write(ReportPages.Report(curves: new() { Student = history }));

        Assert.Contains("student: 1: 2.", ReportPages.Section(page, "Training")!.Descendants("desc").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_finding_is_at_the_top_with_its_likely_causes()
    {
        var recorder = new OutcomeRecorder(ReportPages.Moods);
        for (int i = 0; i < 40; i++)
            recorder.Add((ulong)i, 0, [0.5f, 0.3f, 0.2f], [0.34f, 0.33f, 0.33f], [0.5f, 0.3f, 0.2f]);
        var report = recorder.ToReport(new TrainingDiagnostics { LateLossFall = 0.4 });
        XElement head = ReportPages.Write(report).Page.Descendants("header").Single();

        XElement verdict = head.Elements("div").Single(box => (string?)box.Attribute("class") == "verdict");
        Assert.Equal("No difference shown:", verdict.Descendants("strong").Single().Value);
        Assert.Equal(report.Findings.Skip(1).Select(finding => Typeset(finding.Message).Replace("`", "", StringComparison.Ordinal)), verdict.Descendants("li").Select(cause => cause.Value));
        Assert.Contains("`" + verdict.Descendants("code").First().Value + "`", report.Findings[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_significant_gain_is_reported_as_a_gain() => Assert.StartsWith("Distillation is better than labels only: +",
        ReportPages.Write(ReportPages.Report(tests: 60)).Page.Descendants("div").Single(box => (string?)box.Attribute("class") == "verdict good").Value, StringComparison.Ordinal);

    [Fact]
    public void The_quality_of_the_student_comes_before_the_comparison()
    {
        XElement head = ReportPages.Write(ReportPages.Report(tests: 60), new() { Teacher = new() { Name = "ConvNet", Parameters = 1_573_672 } }).Page.Descendants("header").Single();
        string[] cards = [.. head.Descendants("div").Where(card => ((string?)card.Attribute("class"))?.StartsWith("card ", StringComparison.Ordinal) == true)
            .Select(card => string.Join('|', card.Elements("p").Take(3).Select(line => line.Value)))];

        Assert.Equal(["Accuracy", "Label among the first two", "Positive or negative", "Best class", "Worst class", "Teacher", "Distilled student", "Same student, labels only"],
            cards.Select(card => card.Split('|')[0]));
        Assert.Equal("Teacher|100.0%|ConvNet, 1.6 M parameters", cards[5]);
        Assert.Equal(["0.5 or more|100.0%|50.0%", "0.7 or more|50.0%|50.0%", "0.9 or more|0.0%|-"],
            Table(head, "If an application").Element("tbody")!.Elements("tr").Select(row => string.Join('|', row.Elements().Select(cell => cell.Value))));
    }

    [Fact]
    public void An_interval_is_stated_once()
    {
        XElement page = ReportPages.Write(ReportPages.Report(tests: 60)).Page;
        string[] intervals = [.. Intervals().Matches(string.Join('\n', page.Descendants("p").Concat(page.Descendants("li")).Select(line => line.Value))).Select(match => match.Value)];

        Assert.NotEmpty(intervals);
        Assert.Equal(intervals.Distinct(), intervals);
    }

    [Fact]
    public void The_footer_describes_how_the_report_was_made()
    {
        var recorder = new OutcomeRecorder(ReportPages.Moods);
        recorder.Add(1, 0, [0.5f, 0.3f, 0.2f]);
        DistillationReport report = recorder.ToReport(curves: new() { Student = [new(1, 2, null, TimeSpan.FromSeconds(40)), new(2, 1, null, TimeSpan.FromSeconds(75))] },
            options: new() { Recipe = "Balanced", Settings = new Dictionary<string, string> { ["seed"] = "1" } });
        string footer = ReportPages.Write(report, new() { Settings = new Dictionary<string, string> { ["seed"] = "2", ["command line"] = "train photos" } }).Page.Descendants("footer").Single().Value;

        Assert.Matches("libraryVisualSentiment .*recipeBalancedfingerprint of the test images[0-9a-f]{12}training time of the student75 sseed2command linetrain photos$", footer);
    }

    [Fact]
    public void A_class_that_is_never_predicted_is_named()
    {
        var recorder = new OutcomeRecorder(ReportPages.Moods);
        for (int i = 0; i < 9; i++)
            recorder.Add((ulong)i, i % 3, i % 3 == 0 ? [0.8f, 0.1f, 0.1f] : [0.1f, 0.1f, 0.8f]);
        XElement page = ReportPages.Write(recorder.ToReport()).Page;

        Assert.Equal("Distilled student: no test is predicted as fear.", ReportPages.Section(page, "Recall per class")!.Elements("p").Single().Value);
        Assert.Contains("fearjoy3100.0%", ReportPages.Section(page, "Confusions")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_confusion_matrix_has_labels_in_rows_and_predictions_in_columns()
    {
        XElement matrix = ReportPages.Section(ReportPages.Write(ReportPages.Report(tests: 6)).Page, "Confusions")!
            .Descendants("table").Single(table => table.Element("caption")!.Value.StartsWith("Distilled student: percent", StringComparison.Ordinal));

        Assert.Equal("1 of 2 tests", matrix.Element("tbody")!.Descendants("td").First().Attribute("title")!.Value);
        Assert.Equal(["50,50,0", "0,50,50", "50,0,50"], matrix.Element("tbody")!.Elements("tr").Select(row => string.Join(',', row.Elements("td").Select(cell => cell.Value))));
    }

    [Fact]
    public void Intervals_do_not_break_and_differences_have_minus_signs()
    {
        var recorder = new OutcomeRecorder(ReportPages.Moods);
        for (int i = 0; i < 40; i++)
            recorder.Add((ulong)i, 0, [0.3f, 0.5f, 0.2f], hardLabels: [0.5f, 0.3f, 0.2f]);
        string head = ReportPages.Write(recorder.ToReport()).Page.Descendants("header").Single().Value;

        Assert.Contains("\u2212100.0 points (95%\u00A0interval \u2212100.0\u00A0to\u00A0\u2212100.0)", head, StringComparison.Ordinal);
        Assert.DoesNotContain("95% interval", head, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_classes_are_listed_by_confusion_instead_of_a_matrix()
    {
        string[] classes = [.. Enumerable.Range(0, 60).Select(i => $"class {i}")];
        XElement confusions = ReportPages.Section(ReportPages.Write(ReportPages.Report(tests: 200, classes: classes)).Page, "Confusions")!;

        Assert.Equal(8, confusions.Descendants("table").Single().Element("tbody")!.Elements("tr").Count());
    }

    [Fact]
    public void Folds_and_seeds_share_one_page()
    {
        TrainingCurves Curves(double loss) => new() { Student = [new(1, loss, null, TimeSpan.Zero), new(2, loss / 2, null, TimeSpan.Zero)] };
        var report = DistillationReport.Combine([ReportPages.Report(curves: Curves(2)), ReportPages.Report(curves: Curves(3), confidence: 0.4f)]);
        var (_, page) = ReportPages.Write(report);

        Assert.Contains("2 runs with 12 tests", page.Descendants("header").Single().Value, StringComparison.Ordinal);
        Assert.Contains("student: 1: 3, 2: 1.5", ReportPages.Section(page, "Training")!.Descendants("desc").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_report_gives_the_same_bytes() => Assert.Equal(ReportPages.Write(ReportPages.Report()).Text, ReportPages.Write(ReportPages.Report()).Text);

    [Fact]
    public void Invalid_options_are_listed_together_before_anything_is_written()
    {
        string path = _folder["report.html"];

        var e = Assert.Throws<ArgumentException>(() => ReportPages.Report().SaveAsHtml(path, new()
        {
            Title = " ",
            MaxImages = -1,
            Student = new() { MillisecondsPerImage = double.NaN },
        }));

        Assert.All((string[])["Title is empty", "MaxImages is -1", "Student: "], part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void The_file_is_written_completely_or_not_at_all()
    {
        string path = _folder["report.html"];
        ReportPages.Report().SaveAsHtml(path);
        string before = File.ReadAllText(path);

        Assert.Throws<InvalidOperationException>(() => ReportPages.Report(tests: 9, path: _ => "a.jpg").SaveAsHtml(path, new() { LoadImage = _ => throw new InvalidOperationException() }));
        Assert.Equal(before, File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
        Assert.Throws<DirectoryNotFoundException>(() => ReportPages.Report().SaveAsHtml(Path.Combine(_folder.Path, "no", "report.html")));
    }

    private static XElement Table(XElement page, string caption) =>
        page.Descendants("table").Single(table => table.Element("caption")!.Value.StartsWith(caption, StringComparison.Ordinal));

    [GeneratedRegex("95%.interval [^.;)]*\\d\\.\\d%?.to.[^ ]*")]
    private static partial Regex Intervals();

    private static string Typeset(string text) => VisualSentiment.Evaluation.Html.Markup.Typeset(text);

    [GeneratedRegex(@"<(\w+)[^<>]*/>")]
    private static partial Regex SelfClosed();
}
