namespace VisualSentiment.Networks.Pretrained;

/// <summary>One attempt at a download failed; never leaves the cache, which says what to do instead.</summary>
internal sealed class DownloadFailedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Another attempt may go better.</summary>
    public bool IsTransient { get; init; }

    /// <summary>What was received is not to be continued.</summary>
    public bool SpoilsPartial { get; init; }
}
