namespace VisualSentiment;

/// <summary>
/// libtorch, which training needs and predicting does not, could not be loaded. The message lists the causes that apply
/// to this system and what to do about each.
/// </summary>
public sealed class LibTorchUnavailableException : Exception
{
    internal LibTorchUnavailableException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
