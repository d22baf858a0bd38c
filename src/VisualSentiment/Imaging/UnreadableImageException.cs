namespace VisualSentiment;

/// <summary>
/// An image is missing, is not an image, is damaged, or is beyond <see cref="ImageLimits.Default"/>; or there is no
/// memory for it.
/// </summary>
public sealed class UnreadableImageException : IOException
{
    internal UnreadableImageException(string image, string reason, Exception? inner = null)
        : base($"Cannot read the image '{image}': {reason}", inner)
    {
        Image = image;
        Reason = reason;
    }

    /// <summary>The path of the image, or what it was called where it came from memory.</summary>
    public string Image { get; }

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; }
}
