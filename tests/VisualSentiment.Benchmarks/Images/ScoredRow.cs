namespace VisualSentiment.Benchmarks.Images;

/// <summary>The output of a model as an ML.NET row.</summary>
internal sealed class ScoredRow
{
    public float[] Score { get; set; } = [];
}
