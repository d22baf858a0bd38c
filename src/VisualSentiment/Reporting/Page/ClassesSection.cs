using System.Xml.Linq;

namespace VisualSentiment.Reporting.Page;

/// <summary>The recall of each class, and the classes that a model never names.</summary>
internal sealed class ClassesSection : IReportSection
{
    public string Title => "Recall of each class";

    public IEnumerable<XElement> Render(ReportContent content)
    {
        IReadOnlyList<string> classes = content.Report.Classes;
        foreach (ComparedModel model in content.Models)
            if (NeverNamed(model, classes) is { Length: > 0 } missing)
                yield return Html.Element("p", "warning", $"The {Role(model)} never puts first: ", missing.Select((name, i) => new object[] { i > 0 ? ", " : "", Html.Name(name) }), ".");
        yield return Html.Table("The share of each class's pictures whose label wins", "classes", ["class", "tests", .. content.Models.Select(model => model.Role)],
            classes.Select((name, i) => (IEnumerable<XElement>)
            [
                Html.RowTitle(Html.Name(name)),
                Html.Cell(Figures.Count(content.Report.Student.Tally.Tests[i])),
                .. content.Models.Select(model => Html.Bar(model.Evaluation.Recall[name], model.Color)),
            ]));
    }

    private static string[] NeverNamed(ComparedModel model, IReadOnlyList<string> classes) => model.Evaluation.ConfusionMatrix is { } matrix
        ? [.. classes.Where((_, i) => model.Evaluation.Tally.Tests[i] > 0 && matrix.All(row => row[i] == 0))] : [];

    private static string Role(ComparedModel model) => model.Role == "hard labels" ? "student on hard labels" : model.Role;
}
