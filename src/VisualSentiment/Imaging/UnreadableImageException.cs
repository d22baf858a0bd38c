namespace VisualSentiment;

/// <summary>
/// The exception that is thrown when an image is missing or damaged, has an unsupported format, exceeds the <see
/// cref="ImageLimits"/>, or cannot be decoded for lack of memory.
/// </summary>
public sealed class UnreadableImageException : VisualSentimentException
{
    /// <summary>Creates an exception, for example for a test.</summary>
    /// <param name="image">The path of the image, or its name in messages.</param>
    /// <param name="reason">The reason why the image cannot be read.</param>
    /// <param name="inner">The cause, or null.</param>
    public UnreadableImageException(string image, string reason, Exception? inner = null)
        : base($"Cannot read the image '{image}': {reason}", inner)
    {
        Image = image;
        Reason = reason;
    }

    /// <summary>Gets the path of the image, or its name in messages if it has no path.</summary>
    public string Image { get; }

    /// <summary>Gets the reason why the image cannot be read.</summary>
    public string Reason { get; }
}
