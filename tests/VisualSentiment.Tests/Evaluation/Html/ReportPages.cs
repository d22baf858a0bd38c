using System.Text;
using System.Xml;
using System.Xml.Linq;
using VisualSentiment.Evaluation;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Tests.Evaluation.Html;

/// <summary>Pages of reports, read back as what they are: well-formed XML.</summary>
internal static class ReportPages
{
    public static readonly string[] Moods = ["awe", "fear", "joy"];

    /// <summary>So many tests: the teacher is always right, the student in half of them and the student on hard labels never.</summary>
    public static DistillationReport Report(int tests = 6, IReadOnlyList<string>? classes = null, Func<int, string?>? path = null, TrainingCurves? curves = null, int kept = 12,
        float confidence = 0.5f)
    {
        classes ??= Moods;
        var recorder = new OutcomeRecorder(classes, temperature: 4, maxExamples: kept);
        for (int i = 0; i < tests; i++)
        {
            int row = i, label = i % classes.Count;
            recorder.Add((ulong)i, label, Scores(classes.Count, i % 2 == 0 ? label : (label + 1) % classes.Count, confidence + 0.4f * i / tests),
                Scores(classes.Count, label, 0.9f), Scores(classes.Count, (label + 1) % classes.Count, 0.8f), readName: path is null ? null : () => path(row));
        }
        return recorder.ToReport(curves: curves);
    }

    public static (string Text, XElement Page) Write(DistillationReport report, HtmlReportOptions? options = null)
    {
        using var stream = new MemoryStream();
        report.SaveAsHtml(stream, options);
        string text = Encoding.UTF8.GetString(stream.ToArray());
        using var reader = XmlReader.Create(new StringReader(text), new() { DtdProcessing = DtdProcessing.Ignore });
        return (text, XElement.Load(reader));
    }

    public static XElement? Section(XElement page, string title) => page.Descendants("section").SingleOrDefault(section => section.Element("h2")!.Value == title);

    private static float[] Scores(int classes, int winner, float confidence) =>
        [.. Enumerable.Range(0, classes).Select(i => i == winner ? confidence : (1 - confidence) / (classes - 1))];
}
