using System.Globalization;

namespace VisualSentiment;

/// <summary>
/// What a network's first layer is fed for an RGB byte x: (x / 255 - mean) / standard deviation, channel by channel.
/// </summary>
/// <param name="Mean">Three means, for red, green and blue, on the scale 0 to 1.</param>
/// <param name="StandardDeviation">Three standard deviations, on the same scale; none is zero.</param>
public sealed record PixelNormalization(IReadOnlyList<float> Mean, IReadOnlyList<float> StandardDeviation)
{
    /// <summary>The statistics of ImageNet, as torchvision's and timm's networks expect.</summary>
    public static PixelNormalization ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>From -1 to 1, as TensorFlow's MobileNets expect.</summary>
    public static PixelNormalization MinusOneToOne { get; } = new([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);

    /// <summary>From 0 to 1.</summary>
    public static PixelNormalization ZeroToOne { get; } = new([0f, 0f, 0f], [1f, 1f, 1f]);

    /// <summary>The six numbers, which decide what a teacher's cached answers were given to.</summary>
    public override string ToString() => $"mean {Join(Mean)}, deviation {Join(StandardDeviation)}";

    /// <summary>The same as x * scale + offset for a byte x.</summary>
    internal (float[] Scale, float[] Offset) ToScaleAndOffset() =>
        ([.. StandardDeviation.Select(deviation => 1 / (255 * deviation))],
         [.. Mean.Zip(StandardDeviation, (mean, deviation) => -mean / deviation)]);

    internal IEnumerable<string> FindErrors(string name)
    {
        if (Mean is not { Count: 3 } || StandardDeviation is not { Count: 3 })
            yield return $"{name} needs three means and three standard deviations, for red, green and blue";
        else if (StandardDeviation.Any(deviation => !(deviation > 0)))
            yield return $"{name} has the standard deviations {string.Join(", ", StandardDeviation)}; each must be above 0";
    }

    private static string Join(IReadOnlyList<float> values) => string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
}
