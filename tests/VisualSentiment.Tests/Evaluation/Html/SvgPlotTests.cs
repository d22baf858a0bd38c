using System.Globalization;
using System.Xml.Linq;
using VisualSentiment.Evaluation.Html;

namespace VisualSentiment.Tests.Evaluation.Html;

public sealed class SvgPlotTests
{
    [Fact]
    public void A_plot_takes_all_colors_from_CSS_classes_and_has_no_fixed_size()
    {
        XElement svg = Svg(Curves());

        Assert.NotNull(svg.Attribute("viewBox"));
        Assert.Null(svg.Attribute("width"));
        Assert.DoesNotContain(svg.Descendants().Attributes(), attribute => attribute.Name.LocalName is "fill" or "stroke" or "style" or "id");
        Assert.Equal(["k0 line", "k1 line dashed"], svg.Elements("polyline").Select(line => line.Attribute("class")!.Value));
    }

    [Fact]
    public void A_plot_has_a_title_and_its_values_in_words()
    {
        Assert.Equal("Accuracy", Svg(Curves()).Element("title")!.Value);
        Assert.Equal("ours: 3: 50.0%, 4: 52.0%. paper: 3: 49.0%, 4: 51.0%.", Description(Curves()));
    }

    [Fact]
    public void Long_lines_are_described_by_ends_and_extremes() => Assert.Equal(
        "student: 20 points, 1: 20 to 20: 1, lowest 1, highest 20.",
        Description(Lines(new PlotSeries("student", [.. Enumerable.Range(1, 20).Select(i => new PlotPoint(i, 21 - i))], 0))));

    [Fact]
    public void Lines_of_one_name_share_an_entry_of_the_legend_and_a_single_line_has_none()
    {
        PlotSeries line = new("a", [new(1, 2), new(2, 3)], 0);

        Assert.Equal(["a", "b"], Lines(line, line, line with { Name = "b" }).Element("div")!.Elements("span").Select(entry => entry.Value));
        Assert.Null(Lines(line).Element("div"));
    }

    [Fact]
    public void All_values_and_intervals_lie_between_the_first_and_the_last_label()
    {
        XElement plot = SvgPlot.Intervals("Accuracy", [("teacher", 1, new(0.8, 0.74, 0.85)), ("student", 0, new(0.65, 0.58, 0.71))], reference: 0.125);

        Assert.Equal(["0%", "20%", "40%", "60%", "80%", "100%"],
            Svg(plot).Elements("text").Where(text => text.Attribute("text-anchor")!.Value == "middle").Select(text => text.Value));
        double[] grid = [.. Svg(plot).Elements("line").Where(line => line.Attribute("class")!.Value == "grid").Select(line => Coordinate(line, "x1"))];
        Assert.All(Svg(plot).Elements("line"), line => Assert.InRange(Coordinate(line, "x2"), grid.Min(), grid.Max()));
        Assert.Contains("student: 65.0%, from 58.0% to 71.0%.", Description(plot), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.3, 0.3, "0.270 0.275 0.280 0.285 0.290 0.295 0.300")]
    [InlineData(0, 0, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(-2, 3, "\u22122 \u22121 0 1 2 3")]
    [InlineData(0, 12_000, "0 2,000 4,000 6,000 8,000 10,000 12,000")]
    public void Vertical_ticks_are_round(double low, double high, string labels)
    {
        var axis = PlotAxis.Around([low, high], percent: false);

        Assert.Equal(labels, string.Join(' ', axis.Ticks.Select(axis.Label)));
    }

    [Theory]
    [InlineData(1, 1, "1")]
    [InlineData(1, 3, "1 2 3")]
    [InlineData(1, 100, "20 40 60 80 100")]
    public void Epochs_are_whole_numbers(int first, int last, string labels)
    {
        var axis = PlotAxis.Within([first, last], percent: false);

        Assert.Equal(labels, string.Join(' ', axis.Ticks.Select(axis.Label)));
    }

    private static XElement Curves() => SvgPlot.Lines("Accuracy", "temperature",
        [new("ours", [new(3, 0.5, new(0.5, 0.4, 0.6)), new(4, 0.52)], 0), new("paper", [new(3, 0.49), new(4, 0.51)], 1, Dashed: true)],
        percentX: false, percentY: true);

    private static XElement Lines(params PlotSeries[] series) => SvgPlot.Lines("Loss", "epoch", series, percentX: false, percentY: false);

    private static XElement Svg(XElement figure) => figure.Element("svg")!;

    private static string Description(XElement figure) => Svg(figure).Element("desc")!.Value;

    private static double Coordinate(XElement line, string name) => double.Parse(line.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
