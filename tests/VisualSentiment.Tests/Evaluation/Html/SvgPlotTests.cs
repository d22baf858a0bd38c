using System.Globalization;
using System.Xml.Linq;

namespace VisualSentiment.Tests.Evaluation.Html;

public sealed class SvgPlotTests
{
    [Fact]
    public void A_plot_takes_all_its_colours_from_classes_and_has_no_size_of_its_own()
    {
        XElement svg = Curves().ToElement();

        Assert.NotNull(svg.Attribute("viewBox"));
        Assert.Null(svg.Attribute("width"));
        Assert.DoesNotContain("rgb(", svg.ToString(), StringComparison.Ordinal);
        Assert.Empty(svg.Descendants().Attributes("fill"));
        Assert.Empty(svg.Descendants().Attributes("id"));
        Assert.All(svg.Descendants().Where(element => element.Name.LocalName == "text"), text => Assert.StartsWith("f-", text.Attribute("class")!.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void A_plot_says_its_figures_in_words() =>
        Assert.Equal("Accuracy. ours: 3: 50.0 %, 4: 52.0 %. paper: 3: 49.0 %.", Curves().Description);

    [Fact]
    public void Long_curves_are_told_by_their_ends_and_extremes() => Assert.Equal(
        "Loss. student: 20 points, 1: 20 to 20: 1, lowest 1, highest 20.",
        SvgPlot.Lines("Loss", "epoch", "loss", [new("student", [.. Enumerable.Range(1, 20).Select(i => new PlotPoint(i, 21 - i))])]).Description);

    [Fact]
    public void Categories_are_rows_from_top_to_bottom()
    {
        var plot = SvgPlot.Categories("Accuracy", "share", ["VGGNet", "a name that is much too long for the margin"],
            [new("ours", [new(0, 0.4, 0.3, 0.5), new(1, 0.5)]), new("paper", [new(0, 0.45), new(1, 0.55)])], percent: true);
        XElement svg = plot.ToElement();

        (string Text, double Y)[] rows = [.. Texts(svg).Where(text => text.Value is "VGGNet" || text.Value.StartsWith("a name", StringComparison.Ordinal)).Select(text => (text.Value, Y(text)))];
        Assert.Equal("a name that is much…", rows.MaxBy(row => row.Y).Text);
        Assert.Equal(2, rows.Length);
        Assert.Contains("ours: VGGNet: 40.0 %", plot.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Points_that_are_not_finite_are_left_out() =>
        Assert.Equal("Loss. student: 1: 2.", SvgPlot.Lines("Loss", "epoch", "loss", [new("student", [new(1, 2), new(2, double.NaN), new(3, double.PositiveInfinity)])]).Description);

    [Fact]
    public void Nothing_to_plot_is_refused() =>
        Assert.Throws<ArgumentException>(() => SvgPlot.Lines("Loss", "epoch", "loss", [new("student", [new(1, double.NaN)])]));

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(0.5)]
    public void A_point_of_no_category_is_refused(double index) =>
        Assert.Throws<ArgumentException>(() => SvgPlot.Categories("Accuracy", "share", ["a", "b"], [new("ours", [new(index, 1)])]));

    [Fact]
    public void Names_are_escaped_and_characters_that_XML_cannot_hold_replaced()
    {
        XElement svg = SvgPlot.Lines("<&> \0", "\"x\"", "y", [new("</text>\u0001", [new(1, 2)]), new("b", [new(1, 3)])]).ToElement();

        Assert.Contains("</text>\uFFFD", Texts(XElement.Parse(svg.ToString())).Select(text => text.Value));
    }

    private static SvgPlot Curves() => SvgPlot.Lines("Accuracy", "temperature", "accuracy",
        [new("ours", [new(3, 0.5, 0.4, 0.6), new(4, 0.52)]), new("paper", [new(3, 0.49)]) { Dashed = true }], percent: true);

    private static IEnumerable<XElement> Texts(XElement svg) => svg.Descendants().Where(element => element.Name.LocalName == "text");

    private static double Y(XElement text) => double.Parse(text.Attribute("transform")!.Value.Split(',')[1].Split(')')[0], CultureInfo.InvariantCulture);
}
