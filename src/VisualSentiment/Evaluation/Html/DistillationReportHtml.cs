using VisualSentiment.Common;
using VisualSentiment.Evaluation.Html;

namespace VisualSentiment;

/// <summary>Writes a <see cref="DistillationReport"/> as an HTML page.</summary>
public static class DistillationReportHtml
{
    /// <summary>
    /// Writes the report as one HTML file that needs no other and fetches nothing: figures, curves, confusions, calibration, and
    /// the images that the student does worst on. The file appears complete or not at all.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="path">Where; a file that is there is replaced.</param>
    /// <param name="options">What else to show; null for nothing.</param>
    /// <exception cref="ArgumentException">Options are wrong; all that are wrong are listed.</exception>
    /// <exception cref="IOException">The file cannot be written. An image that cannot be read is shown as missing instead.</exception>
    public static void SaveAsHtml(this DistillationReport report, string path, HtmlReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var page = new ReportPage(report, options ?? new());
        AtomicFile.Write(path, page.Write);
    }

    /// <summary>Writes the report as HTML in UTF-8, as <see cref="SaveAsHtml(DistillationReport, string, HtmlReportOptions?)"/> does. The stream stays open.</summary>
    /// <param name="report">The report.</param>
    /// <param name="stream">Where.</param>
    /// <param name="options">What else to show; null for nothing.</param>
    /// <exception cref="ArgumentException">Options are wrong; all that are wrong are listed.</exception>
    public static void SaveAsHtml(this DistillationReport report, Stream stream, HtmlReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(stream);
        new ReportPage(report, options ?? new()).Write(stream);
    }
}
