using System.Globalization;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace VisualSentiment;

/// <summary>The built-in students, and a factory for your own.</summary>
public static class Students
{
    /// <summary>
    /// Gets the paper's student (Table 2): two convolutions, global average pooling, two dense layers; 145,800
    /// parameters for eight classes, 0.29 G multiply-adds per image.
    /// </summary>
    public static Student Paper { get; } = new("paper", PixelNormalization.ImageNet, PaperStudent.Create);

    /// <summary>
    /// Gets a fast and accurate student: depthwise-separable convolutions with batch normalization, which is folded
    /// into the convolutions at export; 144,792 parameters for eight classes, 21 M multiply-adds per image. It starts from
    /// weights in this package, which were pretrained on the features of ResNet-18 (see docs/model-card.md);
    /// <see cref="Student.FromScratch"/> returns it with random weights.
    /// </summary>
    public static Student Compact { get; } = CompactOf(1).With(StudentWeights.Shipped("compact"));

    /// <summary>
    /// Gets <see cref="Compact"/> with fewer channels in the first layers and two fewer blocks: 125,656 parameters for
    /// eight classes, 12 M multiply-adds per image.
    /// </summary>
    public static Student CompactSmall { get; } = new("compact, small", PixelNormalization.ImageNet,
        classes => CompactStudent.Create(classes, width: 1, small: true));

    /// <summary>
    /// Creates <see cref="Compact"/> with more or fewer channels and random weights. Cost and parameters grow with the square of the
    /// width.
    /// </summary>
    /// <param name="width">
    /// The factor of every layer's channels, from 0.25 to 4. Channels are rounded to multiples of 16, the vector width
    /// of current processors.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The width is below 0.25 or above 4.</exception>
    public static Student CompactOf(double width)
    {
        // Also rejects NaN.
        if (width is not (>= 0.25 and <= 4))
            throw new ArgumentOutOfRangeException(nameof(width), width, "The width must be from 0.25 to 4.");
        string name = width == 1 ? "compact" : string.Create(CultureInfo.InvariantCulture, $"compact, width {width}");
        return new Student(name, PixelNormalization.ImageNet, classes => CompactStudent.Create(classes, width));
    }

    /// <summary>Creates a student with your own network.</summary>
    /// <param name="name">The name in logs and in the metadata of exported models.</param>
    /// <param name="create">
    /// Creates the network for a number of classes: input float [N, 3, 224, 224], output logits [N, classes]. A
    /// <c>Sequential</c> of common modules can be exported to ONNX; a module with its own <c>forward</c> must implement
    /// <see cref="IOnnxExportable"/>.
    /// </param>
    /// <param name="normalization">The normalization of pixel values; null for ImageNet's.</param>
    /// <exception cref="ArgumentException">The name is empty, or the normalization is invalid.</exception>
    public static Student Custom(
        string name, Func<int, nn.Module<Tensor, Tensor>> create, PixelNormalization? normalization = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        normalization ??= PixelNormalization.ImageNet;
        if (normalization.FindErrors(nameof(normalization)).FirstOrDefault() is { } error)
            throw new ArgumentException(error, nameof(normalization));
        return new Student(name, normalization, create);
    }
}
