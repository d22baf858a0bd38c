using System.Globalization;
using VisualSentiment;
using VisualSentiment.Evaluation.Statistics;

namespace PaperTables;

/// <summary>Formats the numbers of the tables; a dash for missing ones.</summary>
internal static class Text
{
    private const string None = "-";

    public static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Count(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? None;

    public static string Millions(double? value) => Write(value, "0.000", " M");

    public static string Billions(long? value) => Write(value / 1e9, "0.00", " G");

    public static string Seconds(double? value) => Write(value, value < 100 ? "0.0" : "0", "");

    public static string Milliseconds(double? value) => Write(value, value < 10 ? "0.0" : "0", "");

    public static string Hours(double hours) => hours < 1 ? Write(hours * 60, "0", " minutes") : Write(hours, "0.0", " hours");

    public static string Percent(double? value) => Write(value * 100, "0.0", "%");

    /// <summary>An accuracy with its 95% interval.</summary>
    public static string Accuracy(TableRow row) => row.Accuracy is null ? None
        : FormattableString.Invariant($"{Percent(row.Accuracy)} ({Interval(WilsonInterval.Of(row.Accuracy.Value, row.Tests))})");

    /// <summary>A difference of accuracies with its 95% interval, in points.</summary>
    public static string Points(IntervalEstimate difference) =>
        FormattableString.Invariant($"{100 * difference.Value:+0.0;-0.0;0.0} points ({100 * difference.Lower:+0.0;-0.0;0.0} to {100 * difference.Upper:+0.0;-0.0;0.0})");

    private static string Interval(IntervalEstimate interval) => FormattableString.Invariant($"{100 * interval.Lower:0} to {100 * interval.Upper:0}");

    private static string Write(double? value, string format, string unit) => value is null ? None : value.Value.ToString(format, CultureInfo.InvariantCulture) + unit;
}
