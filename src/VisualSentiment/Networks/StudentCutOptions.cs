using System.Globalization;

namespace VisualSentiment;

/// <summary>How a student is cut from a backbone.</summary>
public sealed record StudentCutOptions
{
    /// <summary>
    /// How many weights and biases the layers may have, at least 1; the dense layer that follows them, channels times classes, comes
    /// on top.
    /// </summary>
    /// <value>140,000.</value>
    public int MostParameters { get; init; } = 140_000;

    /// <summary>
    /// How many pixels of a picture's 224 are averaged into one, in each direction, before the layers: 1, 2, 4, 7 or 8. The cost
    /// falls with its square.
    /// </summary>
    /// <value>2: the layers see 112 x 112.</value>
    public int Reduction { get; init; } = 2;

    /// <summary>
    /// Convolutions whose input is a larger square than this keep the backbone's weights; at least 1. What edges and colours are is
    /// the same for every task, and most of the time goes into the large maps. 224 trains all.
    /// </summary>
    /// <value>14.</value>
    public int TrainedSide { get; init; } = 14;

    /// <summary>What the backbone is fed. The file does not say it; its publisher does.</summary>
    /// <value>From -1 to 1.</value>
    public PixelNormalization Normalization { get; init; } = PixelNormalization.MinusOneToOne;

    internal IEnumerable<string> FindMistakes()
    {
        if (MostParameters < 1)
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(MostParameters)} is {MostParameters}; it must be at least 1");
        if (Reduction is not (1 or 2 or 4 or 7 or 8))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(Reduction)} is {Reduction}; it must be 1, 2, 4, 7 or 8");
        if (TrainedSide < 1)
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(TrainedSide)} is {TrainedSide}; it must be at least 1");
        foreach (string mistake in Normalization?.FindMistakes(nameof(Normalization)) ?? [$"{nameof(Normalization)} is missing"])
            yield return mistake;
    }
}
