using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>The recall of each class, and the classes that a model never predicts.</summary>
internal static class ClassesSection
{
    public static IEnumerable<XElement> Render(ReportContent content)
    {
        IReadOnlyList<string> classes = content.Report.Classes;
        foreach (ComparedModel model in content.Models)
            if (NeverPredicted(model, classes) is { Length: > 0 } missing)
                yield return Markup.Element("p", "warning", $"The {Role(model)} never predicts: ", missing.Select((name, i) => new object[] { i > 0 ? ", " : "", Markup.Name(name) }), ".");
        yield return Markup.Table("Share of the tests of each class with a correct prediction", "classes", ["class", "tests", .. content.Models.Select(model => model.Role)],
            classes.Select((name, i) => (IEnumerable<XElement>)
            [
                Markup.RowTitle(Markup.Name(name)),
                Markup.Cell(Format.Count(content.Report.Student.Tally.Tests[i])),
                .. content.Models.Select(model => Markup.Bar(model.Evaluation.Recall[name], model.Color)),
            ]));
    }

    private static string[] NeverPredicted(ComparedModel model, IReadOnlyList<string> classes) =>
        [.. classes.Where((_, i) => model.Evaluation.Tally.Tests[i] > 0 && model.Evaluation.ConfusionMatrix.All(row => row[i] == 0))];

    private static string Role(ComparedModel model) => model.Role == "hard labels" ? "student on hard labels" : model.Role;
}
