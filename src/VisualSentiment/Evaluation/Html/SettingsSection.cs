using System.Xml.Linq;

namespace VisualSentiment.Evaluation.Html;

/// <summary>What the run was made with.</summary>
internal static class SettingsSection
{
    public static IEnumerable<XElement> Render(ReportContent content)
    {
        if (content.Options.Settings is { Count: > 0 } settings)
            yield return Markup.Table("What the run was made with", "list", ["setting", "value"],
                settings.Select(setting => (IEnumerable<XElement>)[Markup.RowTitle(Markup.Name(setting.Key)), Markup.Cell(Markup.Name(setting.Value))]));
    }
}
