using System.Globalization;

namespace VisualSentiment.Benchmarks.Results;

/// <summary>A figure with its spread.</summary>
/// <param name="Value">The median of the repeats, or the only value. Percentages are shares: 1 is 100%.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Lowest">The lowest of the repeats; null for a single value.</param>
/// <param name="Highest">The highest of the repeats; null for a single value.</param>
internal sealed record Quantity(double Value, Unit Unit, double? Lowest = null, double? Highest = null)
{
    /// <summary>Median and spread of repeats.</summary>
    public static Quantity Of(IEnumerable<double> repeats, Unit unit)
    {
        double[] values = [.. repeats];
        return values.Length == 1 ? new(values[0], unit) : new(Statistics.Median(values), unit, values.Min(), values.Max());
    }

    /// <summary>The value with its unit.</summary>
    public override string ToString() => Format(Value, Unit);

    /// <summary>The value with its unit and, for repeats, the lowest and the highest.</summary>
    public string ToStringWithSpread() => Lowest is { } low && Highest is { } high
        ? $"{this} ({Number(low, Unit)} to {Number(high, Unit)})" : ToString();

    public static string Format(double value, Unit unit) => Number(value, unit) + unit switch
    {
        Unit.ImagesPerSecond => " images/s",
        Unit.Seconds => " s",
        Unit.Milliseconds => " ms",
        Unit.Times => "x",
        Unit.Percent => "%",
        Unit.Points => " points",
        Unit.Megabytes => " MB",
        _ => " GFLOP/s",
    };

    private static string Number(double value, Unit unit)
    {
        double shown = unit == Unit.Percent ? 100 * value : value;
        string format = unit switch
        {
            Unit.Megabytes when shown < 1 => "0.000",
            Unit.Points => "0.00",
            _ => Math.Abs(shown) switch { < 10 => "0.00", < 100 => "0.0", _ => "#,0" },
        };
        return shown.ToString(format, CultureInfo.InvariantCulture);
    }
}
