using System.Diagnostics.CodeAnalysis;

namespace VisualSentiment;

/// <summary>
/// Pretrained weights of a teacher's network: the published ImageNet weights, or a safetensors file. The path of a file
/// converts to this type.
/// </summary>
public sealed class PretrainedWeights
{
    private PretrainedWeights(string? path) => Path = path;

    /// <summary>
    /// Gets the published weights of the network, trained on ImageNet. They are downloaded once, when a teacher is
    /// trained, into the folder that the environment variable <c>VISUALSENTIMENT_CACHE</c> names, or into the user's
    /// cache folder.
    /// </summary>
    public static PretrainedWeights ImageNet { get; } = new(null);

    /// <summary>The path of a safetensors file; null for <see cref="ImageNet"/>.</summary>
    internal string? Path { get; }

    /// <summary>Creates weights that are read from a file when a teacher is trained.</summary>
    /// <param name="path">The path of a safetensors file with torchvision's or timm's tensor names.</param>
    public static PretrainedWeights FromString(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new(path);
    }

    /// <inheritdoc cref="FromString"/>
    [return: NotNullIfNotNull(nameof(path))]
    public static implicit operator PretrainedWeights?(string? path) => path is null ? null : FromString(path);

    /// <summary>Returns the path, or <c>ImageNet</c>.</summary>
    public override string ToString() => Path ?? nameof(ImageNet);
}
