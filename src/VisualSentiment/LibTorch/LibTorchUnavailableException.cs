namespace VisualSentiment;

/// <summary>
/// libtorch could not be loaded. Training needs it, prediction does not. The message lists the causes that apply to
/// this system, and a remedy for each.
/// </summary>
public sealed class LibTorchUnavailableException : VisualSentimentException
{
    internal LibTorchUnavailableException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
