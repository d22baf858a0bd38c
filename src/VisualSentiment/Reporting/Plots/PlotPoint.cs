namespace VisualSentiment;

/// <summary>A point of a curve, with its interval where there is one.</summary>
/// <param name="X">Where along the horizontal axis; among categories, the index of one.</param>
/// <param name="Y">The value.</param>
/// <param name="Lower">The lower end of its interval; null for none.</param>
/// <param name="Upper">The upper end of its interval; null for none.</param>
internal readonly record struct PlotPoint(double X, double Y, double? Lower = null, double? Upper = null)
{
    /// <summary>A figure with its interval.</summary>
    /// <param name="x">Where along the horizontal axis; among categories, the index of one.</param>
    /// <param name="figure">The figure.</param>
    public static PlotPoint Of(double x, IntervalEstimate figure) => new(x, figure.Value, figure.Lower, figure.Upper);
}
