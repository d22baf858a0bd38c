namespace VisualSentiment;

/// <summary>How an ONNX network becomes a teacher.</summary>
public sealed class OnnxBackboneOptions
{
    /// <summary>
    /// The output that describes a picture: [N, D], or [N, D, H, W], which is averaged over H and W. Null takes the only
    /// output, or the one called embedding, embeddings, features or pooled.
    /// </summary>
    /// <value>null.</value>
    public string? EmbeddingOutput { get; init; }

    /// <summary>What the network is fed. The file does not say it; its publisher does.</summary>
    /// <value>From -1 to 1.</value>
    public PixelNormalization Normalization { get; init; } = PixelNormalization.MinusOneToOne;

    /// <summary>
    /// How strongly the head's weights are drawn to zero: the factor of half their sum of squares, on standardised
    /// embeddings, beside the mean cross-entropy; at least 0. Small data wants more.
    /// </summary>
    /// <value>0.1.</value>
    public double WeightDecay { get; init; } = 0.1;

    internal IEnumerable<string> FindMistakes(string owner)
    {
        if (!(WeightDecay >= 0) || double.IsInfinity(WeightDecay))
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{owner}: {nameof(WeightDecay)} is {WeightDecay}; it must be at least 0 and finite");
        foreach (string mistake in Normalization.FindMistakes($"{owner}: {nameof(Normalization)}"))
            yield return mistake;
    }
}
