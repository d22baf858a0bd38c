using System.Xml.Linq;

namespace VisualSentiment.Reporting.Page;

/// <summary>What the run was made with.</summary>
internal sealed class SettingsSection : IReportSection
{
    public string Title => "Settings";

    public IEnumerable<XElement> Render(ReportContent content)
    {
        if (content.Options.Settings is { Count: > 0 } settings)
            yield return Html.Table("What the run was made with", "list", ["setting", "value"],
                settings.Select(setting => (IEnumerable<XElement>)[Html.RowTitle(Html.Name(setting.Key)), Html.Cell(Html.Name(setting.Value))]));
    }
}
