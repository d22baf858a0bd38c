namespace VisualSentiment;

/// <summary>The options of <see cref="Teachers.Onnx"/>.</summary>
public sealed record OnnxBackboneOptions
{
    /// <summary>
    /// Gets the name of the embedding output, of shape [N, D], or [N, D, H, W], which is averaged over H and W; null
    /// for the only output, or the output named embedding, embeddings, features or pooled.
    /// </summary>
    /// <value>null by default.</value>
    public string? EmbeddingOutput { get; init; }

    /// <summary>
    /// Gets the L2 regularization of the head's weights: the factor of half their sum of squares, which is added to the
    /// mean cross-entropy on standardized embeddings; at least 0. If null, 0.01, 0.03, 0.1, 0.3 or 1 is selected by
    /// three-fold cross-validation on the training images.
    /// </summary>
    /// <value>null by default.</value>
    public double? WeightDecay { get; init; }

    internal IEnumerable<string> FindErrors(string owner)
    {
        if (WeightDecay is { } decay && !(decay >= 0 && double.IsFinite(decay)))
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{owner}: {nameof(WeightDecay)} is {WeightDecay}; it must be at least 0 and finite");
    }
}
