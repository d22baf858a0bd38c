namespace VisualSentiment;

/// <summary>
/// The exception that is thrown when a detector computes as many predictions as it may, and as many as allowed wait. A
/// web application answers it with status 503 (or 429) and <c>Retry-After</c>.
/// </summary>
public sealed class DetectorBusyException : VisualSentimentException
{
    /// <summary>Creates an exception, for example for a test.</summary>
    /// <param name="model">The name of the model.</param>
    /// <param name="maxConcurrency">The value of <see cref="VisualSentimentOptions.MaxConcurrency"/>.</param>
    /// <param name="queueLimit">The value of <see cref="VisualSentimentOptions.QueueLimit"/>.</param>
    public DetectorBusyException(string model, int maxConcurrency, int queueLimit)
        : base($"The model '{model}' is busy and its queue is full ({nameof(VisualSentimentOptions.MaxConcurrency)} is "
            + FormattableString.Invariant($"{maxConcurrency}, {nameof(VisualSentimentOptions.QueueLimit)} is ")
            + FormattableString.Invariant($"{queueLimit}). Try again later.")) => Model = model;

    /// <summary>Gets the name of the model.</summary>
    public string Model { get; }
}
