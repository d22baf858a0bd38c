namespace VisualSentiment;

/// <summary>
/// A file of pretrained weights is damaged, does not fit the network, or could not be downloaded. The message names the
/// file, lists everything that is wrong with it and says what to do. The network is as it was before.
/// </summary>
public sealed class PretrainedWeightsException : IOException
{
    internal PretrainedWeightsException(string weights, string reason, Exception? inner = null)
        : base(reason, inner) => Weights = weights;

    /// <summary>The path of the file, or the name of the weights that could not be downloaded.</summary>
    public string Weights { get; }
}
