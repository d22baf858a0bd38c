namespace VisualSentiment;

/// <summary>How an ONNX network becomes a teacher.</summary>
public sealed record OnnxBackboneOptions
{
    /// <summary>
    /// The output that describes an image: [N, D], or [N, D, H, W], which is averaged over H and W. Null takes the only
    /// output, or the one called embedding, embeddings, features or pooled.
    /// </summary>
    /// <value>null.</value>
    public string? EmbeddingOutput { get; init; }

    /// <summary>What the network is fed. The file does not say it; its publisher does.</summary>
    /// <value>From -1 to 1.</value>
    public PixelNormalization Normalization { get; init; } = PixelNormalization.MinusOneToOne;

    /// <summary>
    /// How strongly the head's weights are drawn to zero: the factor of half their sum of squares, on standardized
    /// embeddings, beside the mean cross-entropy; at least 0. Null chooses among 0.01, 0.03, 0.1, 0.3 and 1 by three-fold
    /// cross-validation within the training images.
    /// </summary>
    /// <value>null.</value>
    public double? WeightDecay { get; init; }

    internal IEnumerable<string> FindErrors(string owner)
    {
        if (WeightDecay is { } decay && !(decay >= 0 && double.IsFinite(decay)))
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{owner}: {nameof(WeightDecay)} is {WeightDecay}; it must be at least 0 and finite");
        foreach (string error in Normalization.FindErrors($"{owner}: {nameof(Normalization)}"))
            yield return error;
    }
}
