namespace VisualSentiment;

/// <summary>
/// The exception that is thrown when libtorch cannot be loaded. Training requires libtorch; prediction does not. The
/// message lists the possible causes on this system and a remedy for each.
/// </summary>
public sealed class LibTorchUnavailableException : VisualSentimentException
{
    internal LibTorchUnavailableException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
