namespace VisualSentiment.Teaching;

/// <summary>What turns the numbers of a backbone into logits.</summary>
internal interface IEmbeddingHead
{
    long Parameters { get; }

    /// <summary>Logits [N, C] of what the backbone says of N pictures.</summary>
    void Apply(ReadOnlySpan<float> embeddings, Span<float> logits);
}
