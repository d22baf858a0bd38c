using VisualSentiment.Evaluation.Statistics;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment.Benchmarks.Results;

/// <summary>What a figure has to reach.</summary>
internal sealed record Bar(double Limit, bool AtLeast)
{
    public static Bar Least(double limit) => new(limit, AtLeast: true);

    public static Bar Most(double limit) => new(limit, AtLeast: false);

    public bool IsMetBy(Quantity figure) => AtLeast ? figure.Value >= Limit : figure.Value <= Limit;

    public string ToString(Unit unit) => $"{(AtLeast ? "at least" : "at most")} {Quantity.Format(Limit, unit)}";
}
