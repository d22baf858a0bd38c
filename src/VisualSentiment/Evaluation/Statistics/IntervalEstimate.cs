namespace VisualSentiment;

/// <summary>A metric and its 95% confidence interval.</summary>
/// <param name="Value">The metric.</param>
/// <param name="Lower">The lower end of the interval.</param>
/// <param name="Upper">The upper end of the interval.</param>
public readonly record struct IntervalEstimate(double Value, double Lower, double Upper);
