using System.Xml.Linq;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>The comparisons with the other recipes of a cross-validation.</summary>
internal static class RecipesSection
{
    public static IEnumerable<XElement> Render(ReportContent content) => content.Report.Comparisons.Count == 0 ? [] :
    [
        Markup.Table("Other recipes, tested on the same images", "list",
            ["recipe", "accuracy", "student of this report minus the recipe"],
            content.Report.Comparisons.Select(other => Markup.Row(Markup.Name(other.Recipe),
                Markup.Cell(Format.Percent(other.Accuracy.Value)),
                Markup.Cell(Markup.Typeset(Format.Points(other.Difference)))))),
    ];
}
