using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace VisualSentiment.Reporting.Plots;

/// <summary>What all plots have in common: axes, legend, the look of a series.</summary>
internal static class PlotShape
{
    private const double FontSize = 12;

    // What is left free beyond the first and the last value, as a share of the distance between them.
    private const double Room = 0.06;

    private static readonly MarkerType[] Markers = [MarkerType.Circle, MarkerType.Square, MarkerType.Triangle, MarkerType.Diamond];

    public static PlotModel Empty(bool legend)
    {
        var plot = new PlotModel
        {
            TextColor = PlotColor.Muted.StandIn,
            DefaultFontSize = FontSize,
            PlotAreaBorderThickness = new OxyThickness(0),
            Culture = CultureInfo.InvariantCulture,
        };
        if (legend)
            plot.Legends.Add(new Legend
            {
                LegendPlacement = LegendPlacement.Outside,
                LegendPosition = LegendPosition.TopCenter,
                LegendOrientation = LegendOrientation.Horizontal,
                LegendTextColor = PlotColor.Ink.StandIn,
                LegendItemSpacing = 14,
            });
        return plot;
    }

    public static LinearAxis Axis(AxisPosition position, string title, bool percent) => new()
    {
        Position = position,
        Title = title,
        TitleColor = PlotColor.Muted.StandIn,
        AxisTitleDistance = 6,
        LabelFormatter = percent ? value => $"{Math.Round(100 * value).ToString(CultureInfo.InvariantCulture)} %" : null,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = PlotColor.Grid.StandIn,
        TicklineColor = OxyColors.Transparent,
        MinorTickSize = 0,
        MajorTickSize = 0,
        IntervalLength = position is AxisPosition.Left ? 36 : 52,
    };

    /// <summary>Lets an axis reach over all values with their intervals, which OxyPlot leaves out.</summary>
    public static void Cover(LinearAxis axis, IEnumerable<PlotSeries> series)
    {
        double[] ends = [.. series.SelectMany(one => one.Points).SelectMany(point => (double[])[point.Y, point.Lower ?? point.Y, point.Upper ?? point.Y]).Where(double.IsFinite)];
        double room = Room * (ends.Max() - ends.Min());
        if (room > 0)
            (axis.Minimum, axis.Maximum) = (ends.Min() - room, ends.Max() + room);
    }

    public static LineSeries Line(PlotSeries series, int color, bool named)
    {
        OxyColor shade = Shade(color);
        int points = series.Points.Count;
        return new LineSeries
        {
            Title = PlotText.Clean(series.Name),
            RenderInLegend = named,
            Color = shade,
            StrokeThickness = color < 0 ? 1.2 : 2,
            LineStyle = series.Dashed ? LineStyle.Dash : LineStyle.Solid,
            // Many markers are a smear.
            MarkerType = points <= 40 && color >= 0 ? Markers[color % Markers.Length] : MarkerType.None,
            MarkerSize = points <= 20 ? 3.5 : 2.5,
            MarkerFill = shade,
        };
    }

    /// <summary>Bars from the lower to the upper ends of points that have an interval.</summary>
    /// <param name="points">The points, as they are to be drawn.</param>
    /// <param name="color">The position of the colour.</param>
    /// <param name="horizontal">Whether intervals lie along the horizontal axis.</param>
    public static ScatterErrorSeries Intervals(IEnumerable<(double Along, PlotPoint Point)> points, int color, bool horizontal)
    {
        var bars = new ScatterErrorSeries
        {
            MarkerType = MarkerType.None,
            RenderInLegend = false,
            ErrorBarColor = Shade(color),
            ErrorBarStrokeThickness = 1.5,
            ErrorBarStopWidth = 3,
        };
        foreach (var (along, point) in points)
            if (point is { Lower: { } lower, Upper: { } upper } && double.IsFinite(lower) && double.IsFinite(upper))
                bars.Points.Add(horizontal
                    ? new ScatterErrorPoint((lower + upper) / 2, along, upper - lower, 0)
                    : new ScatterErrorPoint(along, (lower + upper) / 2, 0, upper - lower));
        return bars;
    }

    private static OxyColor Shade(int color) => (color < 0 ? PlotColor.Muted : PlotColor.Curves[color % PlotColor.Curves.Count]).StandIn;

    public static bool IsFinite(PlotPoint point) => double.IsFinite(point.X) && double.IsFinite(point.Y);
}
