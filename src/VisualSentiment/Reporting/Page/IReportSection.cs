using System.Xml.Linq;

namespace VisualSentiment.Reporting.Page;

/// <summary>A part of the page under a heading.</summary>
internal interface IReportSection
{
    /// <summary>The heading.</summary>
    string Title { get; }

    /// <summary>What stands under the heading; nothing where there is nothing to show, and then the heading is left out, too.</summary>
    IEnumerable<XElement> Render(ReportContent content);
}
