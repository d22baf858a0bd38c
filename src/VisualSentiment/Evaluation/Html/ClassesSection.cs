using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>The recall of each class, and the confusions.</summary>
internal static class ClassesSection
{
    /// <summary>A larger confusion matrix is not legible.</summary>
    private const int MaxMatrixClasses = 20;

    private const int MaxConfusions = 8;

    public static IEnumerable<XElement> Render(ReportContent content)
    {
        IReadOnlyList<string> classes = content.Report.Classes;
        foreach (ComparedModel model in content.Models)
            if (NeverPredicted(model, classes) is { Length: > 0 } missing)
                yield return Markup.Element("p", "warning",
                    $"{model.Title}: no test is predicted as ",
                    missing.Select((name, i) => new object[] { i > 0 ? ", " : "", Markup.Name(name) }), ".");
        // A fourth model would not fit on a phone.
        ComparedModel[] models = [.. content.Models.Take(3)];
        yield return Markup.Table("Share of each class's tests that are predicted correctly", "classes",
            ["class", "tests", .. models.Select(model => model.Role)],
            classes.Select((name, i) => Markup.Row(Markup.Name(name),
            [
                Markup.Cell(Format.Count(content.Report.Student.Tally.Tests[i])),
                .. models.Select(model => Markup.Bar(model.Evaluation.Recall[name], model.Color)),
            ])));
    }

    /// <summary>The confusion matrices, and the most frequent confusions.</summary>
    public static IEnumerable<XElement> RenderConfusions(ReportContent content)
    {
        IReadOnlyList<string> classes = content.Report.Classes;
        IReadOnlyList<IReadOnlyList<int>> student = content.Report.Student.ConfusionMatrix;
        if (classes.Count <= MaxMatrixClasses)
            yield return Markup.Element("div", "matrices", content.Models.Where(model => model.Color < 2)
                .Select(model => Matrix(model, model.Evaluation.ConfusionMatrix, classes)));
        (int Label, int Predicted, int Count)[] confusions =
        [
            .. student.SelectMany((row, label) => row.Select((count, predicted) => (label, predicted, count)))
                .Where(cell => cell.label != cell.predicted && cell.count > 0)
                .OrderByDescending(cell => cell.count).Take(MaxConfusions),
        ];
        if (confusions.Length > 0)
            yield return Markup.Table("The student's most frequent confusions", "list",
                ["label", "predicted", "count", "share of label"],
                confusions.Select(cell => Markup.Row(
                    Markup.Name(classes[cell.Label]), Markup.Cell(Markup.Name(classes[cell.Predicted])),
                    Markup.Cell(Format.Count(cell.Count)),
                        Markup.Bar((double)cell.Count / student[cell.Label].Sum(), 0))));
    }

    private static string[] NeverPredicted(ComparedModel model, IReadOnlyList<string> classes) =>
        [.. classes.Where((_, i) => model.Evaluation.Tally.Tests[i] > 0
            && model.Evaluation.ConfusionMatrix.All(row => row[i] == 0))];

    private static XElement Matrix(ComparedModel model, IReadOnlyList<IReadOnlyList<int>> matrix,
        IReadOnlyList<string> classes) =>
        Markup.Table($"{model.Title}: percent of each label (row) that is predicted as each class (column)",
            $"matrix k{model.Color}",
            ["", .. classes.Select(name =>
                (object)new XElement("span", new XAttribute("title", name), Markup.Name(name)))],
            matrix.Select((row, label) => Markup.Row(Markup.Name(classes[label]), [.. row.Select((count, predicted) =>
            {
                double share = (double)count / Math.Max(1, row.Sum());
                return Markup.Element("td", (label == predicted ? "right" : "") + (count == 0 ? " none" : ""),
                    Markup.Share(share),
                    new XAttribute("title", $"{Format.Count(count)} of {Format.Count(row.Sum())} tests"),
                    Format.Count(100 * share));
            })])));
}
