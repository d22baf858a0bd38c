using System.Globalization;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace VisualSentiment;

/// <summary>The students that come with the library, and the way to bring one's own.</summary>
public static class Students
{
    /// <summary>
    /// The paper's student (Table 2): two convolutions, global average pooling, two dense layers; 145,800 parameters for
    /// eight classes, 0.29 G multiply-adds an image.
    /// </summary>
    public static Student Paper { get; } = new("paper", PixelNormalization.ImageNet, PaperStudent.Create);

    /// <summary>
    /// A student made for speed and accuracy: depthwise-separable convolutions with batch normalization, folded at export; 144,792
    /// parameters for eight classes, 21 M multiply-adds an image.
    /// </summary>
    public static Student Compact { get; } = CompactOf(1);

    /// <summary>
    /// <see cref="Compact"/> with fewer channels where the image is large and two blocks less: 125,656 parameters for eight classes, 12 M
    /// multiply-adds an image.
    /// </summary>
    public static Student CompactSmall { get; } = new("compact, small", PixelNormalization.ImageNet, classes => CompactStudent.Create(classes, width: 1, small: true));

    /// <summary><see cref="Compact"/> with more or fewer channels: cost and parameters grow with the square of the width.</summary>
    /// <param name="width">
    /// What the channels of every layer are multiplied by, from 0.25 to 4; they are rounded to multiples of 16, which is what
    /// processors compute at once.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The width is below 0.25 or above 4.</exception>
    public static Student CompactOf(double width)
    {
        // Not a number is in no range.
        if (width is not (>= 0.25 and <= 4))
            throw new ArgumentOutOfRangeException(nameof(width), width, "The width must be from 0.25 to 4.");
        string name = width == 1 ? "compact" : string.Create(CultureInfo.InvariantCulture, $"compact, width {width}");
        return new Student(name, PixelNormalization.ImageNet, classes => CompactStudent.Create(classes, width));
    }

    /// <summary>A student of one's own.</summary>
    /// <param name="name">A name for logs and the metadata of exported models.</param>
    /// <param name="create">
    /// Creates the network for a number of classes: input float [N, 3, 224, 224], output logits [N, classes]. A
    /// <c>Sequential</c> of common modules can be exported to ONNX as it is; a module with a <c>forward</c> of its own
    /// implements <see cref="IOnnxExportable"/>.
    /// </param>
    /// <param name="normalization">What the first layer is fed; ImageNet's statistics by default.</param>
    public static Student Custom(string name, Func<int, nn.Module<Tensor, Tensor>> create, PixelNormalization? normalization = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        normalization ??= PixelNormalization.ImageNet;
        if (normalization.FindErrors(nameof(normalization)).FirstOrDefault() is { } error)
            throw new ArgumentException(error, nameof(normalization));
        return new Student(name, normalization, create);
    }
}
