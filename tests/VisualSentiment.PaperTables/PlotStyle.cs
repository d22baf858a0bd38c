using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace PaperTables;

/// <summary>What the plots have in common.</summary>
internal static class PlotStyle
{
    public static readonly OxyColor Here = OxyColor.FromRgb(0x1f, 0x77, 0xb4);
    public static readonly OxyColor Paper = OxyColor.FromRgb(0xd6, 0x5f, 0x00);

    public static PlotModel Create(string title, Axis bottom)
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
        bottom.Position = AxisPosition.Bottom;
        plot.Axes.Add(bottom);
        plot.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Left,
            Title = "accuracy in %",
            AxisTitleDistance = 12,
            MinimumPadding = 0.1,
            MaximumPadding = 0.15,
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = OxyColors.LightGray,
        });
        return plot;
    }

    public static LineSeries Curve(string title, OxyColor color, IEnumerable<DataPoint> points, LineStyle style = LineStyle.Solid, MarkerType marker = MarkerType.Circle)
    {
        var series = new LineSeries { Title = title, Color = color, LineStyle = style, MarkerType = marker, MarkerFill = color, MarkerSize = 3.5 };
        series.Points.AddRange(points);
        return series;
    }

    public static string ToSvg(PlotModel plot) =>
        new SvgExporter { Width = 560, Height = 400, UseVerticalTextAlignmentWorkaround = true, TextMeasurer = new PdfRenderContext(560, 400, OxyColors.White) }.ExportToString(plot);
}
