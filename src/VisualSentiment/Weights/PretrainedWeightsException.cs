namespace VisualSentiment;

/// <summary>
/// A file of pretrained weights is damaged, does not match the network, or could not be downloaded. The message names
/// the file, lists all errors and a remedy. The network is unchanged.
/// </summary>
public sealed class PretrainedWeightsException : VisualSentimentException
{
    internal PretrainedWeightsException(string weights, string reason, Exception? inner = null)
        : base(reason, inner) => Weights = weights;

    /// <summary>Gets the path of the file, or the name of the weights that could not be downloaded.</summary>
    public string Weights { get; }
}
