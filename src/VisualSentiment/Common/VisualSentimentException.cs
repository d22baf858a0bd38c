namespace VisualSentiment;

/// <summary>
/// The base class of the exceptions of this library. Invalid arguments and options are an
/// <see cref="ArgumentException"/>.
/// </summary>
public abstract class VisualSentimentException : Exception
{
    private protected VisualSentimentException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
