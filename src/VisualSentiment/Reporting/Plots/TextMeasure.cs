using OxyPlot;

namespace VisualSentiment.Reporting.Plots;

/// <summary>
/// Tells how large text will be. Which font a viewer takes is not known when an SVG file is written; OxyPlot's own estimate is too
/// small for most, this one is large enough for common ones.
/// </summary>
internal sealed class TextMeasure : RenderContextBase
{
    private const double WidthOfLetter = 0.56;
    private const double HeightOfLine = 1.25;

    public override int ClipCount => 0;

    public override OxySize MeasureText(string text, string? fontFamily = null, double fontSize = 10, double fontWeight = 500) =>
        string.IsNullOrEmpty(text) ? OxySize.Empty : new OxySize(text.Length * WidthOfLetter * fontSize, HeightOfLine * fontSize);

    public override void DrawLine(IList<ScreenPoint> points, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode,
        double[]? dashArray = null, LineJoin lineJoin = LineJoin.Miter) => throw new NotSupportedException();

    public override void DrawPolygon(IList<ScreenPoint> points, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode,
        double[]? dashArray = null, LineJoin lineJoin = LineJoin.Miter) => throw new NotSupportedException();

    public override void DrawText(ScreenPoint p, string text, OxyColor fill, string? fontFamily = null, double fontSize = 10, double fontWeight = 500,
        double rotation = 0, HorizontalAlignment horizontalAlignment = HorizontalAlignment.Left,
        VerticalAlignment verticalAlignment = VerticalAlignment.Top, OxySize? maxSize = null) => throw new NotSupportedException();

    public override void PushClip(OxyRect clippingRectangle) => throw new NotSupportedException();

    public override void PopClip() => throw new NotSupportedException();
}
