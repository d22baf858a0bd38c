using System.Globalization;

namespace VisualSentiment.Evaluation.Statistics;

/// <summary>Formats numbers for tables and messages, independently of the culture.</summary>
internal static class Format
{
    /// <summary>A share, such as 49.7%.</summary>
    public static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + "%";

    /// <summary>A mean and standard deviation of shares, such as 51.0% ± 1.4%.</summary>
    public static string Percent(RunSpread shares) => $"{Percent(shares.Mean)} ± {Percent(shares.StandardDeviation)}";

    /// <summary>A difference of shares in percentage points, such as +2.1.</summary>
    public static string Points(double difference) =>
        (100 * difference).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    /// <summary>A difference with its interval, such as +2.1 points (95% interval +0.3 to +4.0).</summary>
    public static string Points(IntervalEstimate difference) =>
        $"{Points(difference.Value)} points (95% interval {Points(difference.Lower)} to {Points(difference.Upper)})";

    /// <summary>A number, such as 1.234.</summary>
    public static string Number(double number) => number.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A count, such as 1,980.</summary>
    public static string Count(double count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A large count, such as 1.6 M.</summary>
    public static string ShortCount(double count) => count switch
    {
        >= 1e9 => Invariant(count / 1e9, "0.00 G"),
        >= 1e6 => Invariant(count / 1e6, "0.0 M"),
        >= 1e3 => Invariant(count / 1e3, "0 k"),
        _ => Invariant(count, "0"),
    };

    /// <summary>A file size, such as 0.58 MB.</summary>
    public static string Megabytes(long bytes) => Invariant(bytes / 1e6, "0.00 MB");

    /// <summary>A time, such as 5.84 ms.</summary>
    public static string Milliseconds(double time) => Invariant(time, time < 10 ? "0.00 ms" : "0.0 ms");

    /// <summary>A duration, such as 75 s or 12.5 min.</summary>
    public static string Duration(TimeSpan time) =>
        time.TotalMinutes < 2 ? Invariant(time.TotalSeconds, "0 s") : Invariant(time.TotalMinutes, "#,0.0 min");

    private static string Invariant(double value, string format) =>
        value.ToString(format, CultureInfo.InvariantCulture);
}
