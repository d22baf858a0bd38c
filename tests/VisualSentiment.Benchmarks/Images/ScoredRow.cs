using VisualSentiment.Prediction.DataView;

namespace VisualSentiment.Benchmarks.Images;

/// <summary>What a model adds to a row, as ML.NET reads it.</summary>
internal sealed class ScoredRow
{
    public float[] Score { get; set; } = [];
}
