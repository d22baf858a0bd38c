namespace VisualSentiment.Benchmarks.Pictures;

/// <summary>What a model adds to a row, as ML.NET reads it.</summary>
internal sealed class ScoredRow
{
    public float[] Score { get; set; } = [];
}
