namespace VisualSentiment;

/// <summary>
/// libtorch, which is required for training but not for prediction, could not be loaded. The message lists the causes
/// that apply to this system and their solutions.
/// </summary>
public sealed class LibTorchUnavailableException : Exception
{
    internal LibTorchUnavailableException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
