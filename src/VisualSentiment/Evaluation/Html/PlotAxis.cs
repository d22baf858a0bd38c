using System.Globalization;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation.Html;

/// <summary>The range of an axis, and ticks at round values in it.</summary>
internal sealed class PlotAxis
{
    private readonly double _from, _to, _step;
    private readonly bool _percent;

    private PlotAxis(double from, double to, double step, bool percent)
    {
        (_from, _to, _step, _percent) = (from, to, step, percent);
        const double Rounding = 1e-6;
        int first = (int)Math.Ceiling(from / step - Rounding), last = (int)Math.Floor(to / step + Rounding);
        Ticks = [.. Enumerable.Range(first, last - first + 1).Select(i => i * step)];
    }

    public IReadOnlyList<double> Ticks { get; }

    /// <summary>An axis that starts and ends with a tick.</summary>
    public static PlotAxis Around(IEnumerable<double> values, bool percent, int maxSteps = 6)
    {
        var (low, high) = Range(values);
        if (low == high)
            (low, high) = high > 0 ? (0.9 * low, high) : (low, low + 1);
        double step = RoundStep(high - low, maxSteps);
        return new PlotAxis(Math.Floor(low / step + 1e-6) * step, Math.Ceiling(high / step - 1e-6) * step, step,
            percent);
    }

    /// <summary>An axis that starts and ends with the values. Steps are integers, except for percentages.</summary>
    public static PlotAxis Within(IEnumerable<double> values, bool percent)
    {
        var (low, high) = Range(values);
        double step = low == high ? 1 : RoundStep(high - low, maxSteps: 6);
        return new PlotAxis(low, high, percent ? step : Math.Max(1, step), percent);
    }

    /// <summary>The coordinate of a value on an axis between two coordinates.</summary>
    public double Position(double value, double start, double end) =>
        double.Lerp(start, end, _to > _from ? (value - _from) / (_to - _from) : 0.5);

    /// <summary>The label of a tick, with the decimals of the step.</summary>
    public string Label(double tick)
    {
        double scale = _percent ? 100 : 1;
        int decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(scale * _step) + 1e-6));
        string number = (scale * tick).ToString($"#,0.{new string('0', decimals)}", CultureInfo.InvariantCulture);
        return Markup.Typeset(number + (_percent ? "%" : ""));
    }

    public string Value(double value) =>
        _percent ? Format.Percent(value) : value.ToString("0.###", CultureInfo.InvariantCulture);

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        double[] all = [.. values];
        return (all.Min(), all.Max());
    }

    private static double RoundStep(double range, int maxSteps)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(range / maxSteps)));
        return power * ((double[])[1, 2, 5, 10]).First(factor => factor * power * maxSteps >= range * (1 - 1e-6));
    }
}
