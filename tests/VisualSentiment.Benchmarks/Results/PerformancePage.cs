using System.Globalization;
using System.Text;

namespace VisualSentiment.Benchmarks.Results;

/// <summary>Writes the figures of a run into a Markdown page, between two comments; the text around them stays.</summary>
internal static class PerformancePage
{
    private const string Begin = "<!-- figures: written by the benchmarks -->";
    private const string End = "<!-- end of figures -->";

    /// <summary>The page with its figures replaced by those of <paramref name="report"/>.</summary>
    /// <exception cref="InvalidDataException">The page lacks the comments.</exception>
    public static string WithFigures(string page, Report report)
    {
        int begin = page.IndexOf(Begin, StringComparison.Ordinal), end = page.IndexOf(End, StringComparison.Ordinal);
        return begin >= 0 && end > begin ? page[..(begin + Begin.Length)] + "\n\n" + Figures(report) + "\n" + page[end..]
            : throw new InvalidDataException($"The page lacks the lines '{Begin}' and '{End}', between which the figures go.");
    }

    private static string Figures(Report report)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        WriteOrigins(report, Line);
        Line($"");
        Line($"| | ours | compared with | ratio |");
        Line($"|-|-:|-|-:|");
        foreach (BenchmarkResult benchmark in report.Benchmarks)
        {
            Line($"| **{benchmark.Title}** | | | |");
            if (benchmark.Failure is not null)
                Line($"| failed: {Cell(benchmark.Failure)} | | | |");
            foreach (ResultRow row in benchmark.Rows)
            {
                string peer = row.PeerName is null ? "" : $"{row.PeerName}{(row.Peer is null ? "" : $": {row.Peer}")}";
                Line($"| {Cell(row.What)} | {row.Ours.ToStringWithSpread()} | {Cell(peer)} | {row.Ratio?.ToStringWithSpread()} |");
            }
        }
        foreach (string note in report.Benchmarks.SelectMany(b => b.Notes))
            Line($"\n{note}");
        WriteCurves(report, Line);
        return text.ToString();
    }

    private static void WriteOrigins(Report report, Action<FormattableString> line)
    {
        var runs = report.Benchmarks.GroupBy(benchmark => benchmark.Origin ?? report.Origin).ToArray();
        foreach (var run in runs)
        {
            string what = runs.Length == 1 ? "Measured" : $"{string.Join("; ", run.Select(benchmark => $"*{benchmark.Title}*"))}: measured";
            line($"{what} on {run.Key.Date:d MMMM yyyy} in one run of {run.Key.Seconds / 60:0} minutes: {run.Key.Machine}.");
            line($"Images: {run.Key.Photographs}.");
            if (run.Key.Quick)
                line($"**This was a quick run with few images and repeats. It only checks that the benchmarks work; do not quote its figures.**");
            if (run != runs[^1])
                line($"");
        }
    }

    private static void WriteCurves(Report report, Action<FormattableString> line)
    {
        ScalingPoint[] points = [.. report.Benchmarks.SelectMany(b => b.Points)];
        if (points.Length == 0)
            return;
        line($"");
        line($"![Seconds by number of images]({ScalingPlot.SecondsFile}) ![Peak memory by number of images]({ScalingPlot.MemoryFile})");
        line($"");
        line($"| | threads | images | seconds | images/s | peak memory | with mapped files |");
        line($"|-|-|-|-|-|-|-|");
        foreach (ScalingPoint p in points.OrderBy(p => p.Subject, StringComparer.Ordinal).ThenBy(p => p.Threads).ThenBy(p => p.Images))
            line($"| {p.Subject} | {p.Threads} | {p.Images:N0} | {p.Seconds:0.0} | {p.Images / p.Seconds:0} | {p.AnonymousBytes / 1e6:N0} MB | {p.ResidentBytes / 1e6:N0} MB |");
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
