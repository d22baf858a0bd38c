using System.Xml.Linq;

namespace VisualSentiment.Reporting.Page;

/// <summary>What is taken for what: a matrix a model, and the most frequent confusions in words.</summary>
internal sealed class ConfusionSection : IReportSection
{
    /// <summary>A matrix of more classes cannot be read.</summary>
    private const int MostClasses = 20;

    private const int MostConfusions = 8;

    public string Title => "Confusions";

    public IEnumerable<XElement> Render(ReportContent content)
    {
        IReadOnlyList<string> classes = content.Report.Classes;
        if (content.Report.Student.ConfusionMatrix is not { } student)
            yield break;
        if (classes.Count <= MostClasses)
            yield return Html.Element("div", "matrices", content.Models.Where(model => model.Role != "hard labels" && model.Evaluation.ConfusionMatrix is not null)
                .Select(model => Matrix(model, model.Evaluation.ConfusionMatrix!, classes)));
        (int Label, int Winner, int Count)[] confusions =
        [
            .. student.SelectMany((row, label) => row.Select((count, winner) => (Label: label, Winner: winner, Count: count)))
                .Where(cell => cell.Label != cell.Winner && cell.Count > 0).OrderByDescending(cell => cell.Count).Take(MostConfusions),
        ];
        if (confusions.Length == 0)
            yield break;
        yield return Html.Table("The student's most frequent confusions", "list", ["label", "taken for", "times", "of its tests"],
            confusions.Select(cell => (IEnumerable<XElement>)
            [
                Html.RowTitle(Html.Name(classes[cell.Label])), Html.Cell(Html.Name(classes[cell.Winner])), Html.Cell(Figures.Count(cell.Count)),
                Html.Bar((double)cell.Count / student[cell.Label].Sum(), 0),
            ]));
    }

    private static XElement Matrix(ComparedModel model, IReadOnlyList<IReadOnlyList<int>> matrix, IReadOnlyList<string> classes) =>
        Html.Table($"Confusion matrix of the {model.Role}: a row a label, a column what won", $"matrix k{model.Color}",
            ["", .. classes.Select(name => (object)new XElement("span", new XAttribute("title", name), Html.Name(name)))],
            matrix.Select((row, label) => (IEnumerable<XElement>)
            [
                Html.RowTitle(Html.Name(classes[label])),
                .. row.Select((count, winner) => Html.Element("td", (label == winner ? "right" : "") + (count == 0 ? " none" : ""), Html.Share((double)count / Math.Max(1, row.Sum())), Figures.Count(count))),
            ]));
}
