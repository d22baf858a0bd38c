using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace VisualSentiment.Benchmarks.Results;

/// <summary>The scaling curves as two SVG files.</summary>
internal static class ScalingPlot
{
    public const string SecondsFile = "scaling-seconds.svg";
    public const string MemoryFile = "scaling-memory.svg";

    private const double Width = 460;
    private const double Height = 360;
    private static readonly Dictionary<string, OxyColor> Colors = new() { ["scoring"] = OxyColor.FromRgb(0x1f, 0x77, 0xb4), ["pixel store"] = OxyColor.FromRgb(0xd6, 0x5f, 0x00) };

    /// <summary>Writes the plots, if the report has points.</summary>
    /// <returns>The paths of the files.</returns>
    public static IEnumerable<string> Write(Report report, string folder)
    {
        ScalingPoint[] points = [.. report.Benchmarks.SelectMany(b => b.Points)];
        return points.Length == 0 ? [] :
        [
            Write(Path.Combine(folder, SecondsFile), points, "Seconds", p => p.Seconds, logarithmic: true),
            Write(Path.Combine(folder, MemoryFile), points, "Peak memory in MB, without mapped files", p => p.AnonymousBytes / 1e6, logarithmic: false),
        ];
    }

    private static string Write(string path, ScalingPoint[] points, string title, Func<ScalingPoint, double> value, bool logarithmic)
    {
        var plot = new PlotModel
        {
            Title = title,
            TitleFontSize = 14,
            TitleFontWeight = 400,
            DefaultFont = "sans-serif",
            Background = OxyColors.White,
            PlotAreaBorderColor = OxyColors.Gray,
            Legends =
            {
                new Legend { LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.BottomCenter, LegendOrientation = LegendOrientation.Horizontal },
            },
        };
        plot.Axes.Add(new LogarithmicAxis
        {
            Position = AxisPosition.Bottom,
            Title = "images",
            Minimum = points.Min(p => p.Images) / 1.5,
            Maximum = points.Max(p => p.Images) * 1.5,
            LabelFormatter = v => v.ToString("N0", System.Globalization.CultureInfo.InvariantCulture),
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColors.LightGray,
        });
        plot.Axes.Add(logarithmic
            ? new LogarithmicAxis { Position = AxisPosition.Left, Minimum = points.Min(value) / 1.5, Maximum = points.Max(value) * 1.5, MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColors.LightGray }
            : new LinearAxis { Position = AxisPosition.Left, Minimum = 0, MaximumPadding = 0.1, MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColors.LightGray });
        foreach (var curve in points.GroupBy(p => (p.Subject, p.Threads)))
        {
            OxyColor color = Colors.GetValueOrDefault(curve.Key.Subject, OxyColors.Black);
            var series = new LineSeries
            {
                Title = $"{curve.Key.Subject}, {curve.Key.Threads} {(curve.Key.Threads == 1 ? "thread" : "threads")}",
                Color = color,
                LineStyle = curve.Key.Threads == 1 ? LineStyle.Dash : LineStyle.Solid,
                MarkerType = MarkerType.Circle,
                MarkerFill = color,
                MarkerSize = 3.5,
            };
            series.Points.AddRange(curve.OrderBy(p => p.Images).Select(p => new DataPoint(p.Images, value(p))));
            plot.Series.Add(series);
        }
        var exporter = new SvgExporter { Width = Width, Height = Height, UseVerticalTextAlignmentWorkaround = true, TextMeasurer = new PdfRenderContext(Width, Height, OxyColors.White) };
        return OutputFile.Write(path, exporter.ExportToString(plot));
    }
}
