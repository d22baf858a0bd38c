using System.Globalization;

namespace VisualSentiment;

/// <summary>
/// The normalization of a network's input: (x / 255 - mean) / standard deviation for an RGB byte x, per channel.
/// </summary>
/// <param name="Mean">The means of red, green and blue, from 0 to 1.</param>
/// <param name="StandardDeviation">The standard deviations of red, green and blue on the same scale; above 0.</param>
public sealed record PixelNormalization(IReadOnlyList<float> Mean, IReadOnlyList<float> StandardDeviation)
{
    /// <summary>Gets the statistics of ImageNet, as used by torchvision and timm.</summary>
    public static PixelNormalization ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>Gets the normalization to -1 to 1, as used by TensorFlow's MobileNets.</summary>
    public static PixelNormalization MinusOneToOne { get; } = new([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);

    /// <summary>Gets the normalization to 0 to 1.</summary>
    public static PixelNormalization ZeroToOne { get; } = new([0f, 0f, 0f], [1f, 1f, 1f]);

    /// <summary>Returns the six numbers. The format is part of the key of cached logits and must not change.</summary>
    public override string ToString() => $"mean {Join(Mean)}, deviation {Join(StandardDeviation)}";

    /// <summary>The equivalent scale and offset: x * scale + offset for a byte x.</summary>
    internal (float[] Scale, float[] Offset) ToScaleAndOffset() =>
        ([.. StandardDeviation.Select(deviation => 1 / (255 * deviation))],
         [.. Mean.Zip(StandardDeviation, (mean, deviation) => -mean / deviation)]);

    internal IEnumerable<string> FindErrors(string name)
    {
        if (Mean is not { Count: 3 } || StandardDeviation is not { Count: 3 })
            yield return $"{name} must have three means and three standard deviations, for red, green and blue";
        else if (StandardDeviation.Any(deviation => !(deviation > 0)))
            yield return $"{name} has the standard deviations {string.Join(", ", StandardDeviation)}; "
                + "each must be above 0";
    }

    private static string Join(IReadOnlyList<float> values) =>
        string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
}
