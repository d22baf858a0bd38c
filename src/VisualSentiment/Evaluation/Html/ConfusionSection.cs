using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>The confusion matrices, and the most frequent confusions.</summary>
internal static class ConfusionSection
{
    /// <summary>A larger matrix is not legible.</summary>
    private const int MaxClasses = 20;

    private const int MaxConfusions = 8;

    public static IEnumerable<XElement> Render(ReportContent content)
    {
        IReadOnlyList<string> classes = content.Report.Classes;
        IReadOnlyList<IReadOnlyList<int>> student = content.Report.Student.ConfusionMatrix;
        if (classes.Count <= MaxClasses)
            yield return Markup.Element("div", "matrices", content.Models.Where(model => model.Role != "hard labels")
                .Select(model => Matrix(model, model.Evaluation.ConfusionMatrix, classes)));
        (int Label, int Winner, int Count)[] confusions =
        [
            .. student.SelectMany((row, label) => row.Select((count, winner) => (Label: label, Winner: winner, Count: count)))
                .Where(cell => cell.Label != cell.Winner && cell.Count > 0).OrderByDescending(cell => cell.Count).Take(MaxConfusions),
        ];
        if (confusions.Length == 0)
            yield break;
        yield return Markup.Table("The student's most frequent confusions", "list", ["label", "predicted", "count", "share of label"],
            confusions.Select(cell => (IEnumerable<XElement>)
            [
                Markup.RowTitle(Markup.Name(classes[cell.Label])), Markup.Cell(Markup.Name(classes[cell.Winner])), Markup.Cell(Format.Count(cell.Count)),
                Markup.Bar((double)cell.Count / student[cell.Label].Sum(), 0),
            ]));
    }

    private static XElement Matrix(ComparedModel model, IReadOnlyList<IReadOnlyList<int>> matrix, IReadOnlyList<string> classes) =>
        Markup.Table($"Confusion matrix of the {model.Role}: rows are labels, columns predictions", $"matrix k{model.Color}",
            ["", .. classes.Select(name => (object)new XElement("span", new XAttribute("title", name), Markup.Name(name)))],
            matrix.Select((row, label) => (IEnumerable<XElement>)
            [
                Markup.RowTitle(Markup.Name(classes[label])),
                .. row.Select((count, winner) => Markup.Element("td", (label == winner ? "right" : "") + (count == 0 ? " none" : ""), Markup.Share((double)count / Math.Max(1, row.Sum())), Format.Count(count))),
            ]));
}
