using OxyPlot;

namespace VisualSentiment.Reporting.Plots;

/// <summary>
/// A colour by its role. A plot is drawn in stand-ins, which become classes of CSS, so that the same SVG is legible on light and
/// on dark ground. The curves' colours differ in lightness as well as in hue, for eyes that do not tell red from green.
/// </summary>
/// <param name="Name">The role; <c>f-name</c> is the class that fills, <c>s-name</c> the one that strokes.</param>
/// <param name="Light">On light ground.</param>
/// <param name="Dark">On dark ground.</param>
internal sealed record PlotColor(string Name, string Light, string Dark)
{
    public static readonly PlotColor Ink = new("ink", "#1c2127", "#eceff3");
    public static readonly PlotColor Muted = new("muted", "#59626d", "#a6b0bc");
    public static readonly PlotColor Grid = new("grid", "#dde2e7", "#343b44");

    /// <summary>The colours of curves, in their order.</summary>
    public static readonly IReadOnlyList<PlotColor> Curves =
    [
        new("a", "#0b66b8", "#74b9f5"),
        new("b", "#c2500a", "#f5a45f"),
        new("c", "#00775a", "#52d3a8"),
        new("d", "#7a3fa8", "#cda3f2"),
    ];

    private static readonly PlotColor[] All = [Ink, Muted, Grid, .. Curves];

    /// <summary>The rules that colour a plot.</summary>
    public static string StyleSheet { get; } = $"{Rules(color => color.Light)}@media screen and (prefers-color-scheme:dark){{{Rules(color => color.Dark)}}}";

    /// <summary>What OxyPlot draws in instead.</summary>
    public OxyColor StandIn => OxyColor.FromRgb(250, 1, (byte)Array.IndexOf(All, this));

    /// <summary>The colour of a stand-in, as OxyPlot writes it; null for anything else.</summary>
    public static PlotColor? Find(string written) => Array.Find(All, color => written == $"rgb(250,1,{color.StandIn.B})");

    private static string Rules(Func<PlotColor, string> shade) =>
        string.Concat(All.Select(color => $".f-{color.Name}{{fill:{shade(color)}}}.s-{color.Name}{{stroke:{shade(color)}}}"));
}
