namespace VisualSentiment;

/// <summary>
/// An image is missing, not an image, damaged, exceeds <see cref="ImageLimits.Default"/>, or there is not enough memory
/// to decode it.
/// </summary>
public sealed class UnreadableImageException : IOException
{
    internal UnreadableImageException(string image, string reason, Exception? inner = null)
        : base($"Cannot read the image '{image}': {reason}", inner)
    {
        Image = image;
        Reason = reason;
    }

    /// <summary>Gets the path of the image, or its name if it came from memory.</summary>
    public string Image { get; }

    /// <summary>Gets the reason.</summary>
    public string Reason { get; }
}
