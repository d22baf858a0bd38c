using VisualSentiment.Common;
using VisualSentiment.Evaluation.Html;

namespace VisualSentiment;

/// <summary>Writes a <see cref="DistillationReport"/> as an HTML page.</summary>
public static class DistillationReportHtml
{
    /// <summary>
    /// Writes the report as one HTML file that loads no other files: metrics, curves, confusions, calibration, and the
    /// images with the largest losses. If writing fails, an existing file is unchanged.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="path">The path of the file, which is replaced if it exists.</param>
    /// <param name="options">Additional content, or null for none.</param>
    /// <exception cref="ArgumentException">One or more options are invalid; the message lists them.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveAsHtml(this DistillationReport report, string path, HtmlReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, new ReportPage(report, options ?? new()).Write);
    }

    /// <summary>Writes the report as HTML in UTF-8. The stream stays open.</summary>
    /// <param name="report">The report.</param>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="options">Additional content, or null for none.</param>
    /// <exception cref="ArgumentException">One or more options are invalid; the message lists them.</exception>
    public static void SaveAsHtml(this DistillationReport report, Stream stream, HtmlReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(stream);
        new ReportPage(report, options ?? new()).Write(stream);
    }
}
