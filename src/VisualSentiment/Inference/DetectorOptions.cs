using Microsoft.ML.OnnxRuntime;

namespace VisualSentiment;

/// <summary>How a <see cref="SentimentDetector"/> computes its model.</summary>
public sealed record DetectorOptions
{
    private const int MaxThreads = 1024;

    /// <summary>
    /// The maximum number of threads that compute one prediction; from 1 to 1024. More than one shortens a single
    /// prediction of a large model. Several predictions at once use the cores better with one each.
    /// </summary>
    /// <value>Default: 1.</value>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Called with the options of each ONNX Runtime session before it is created, for example to append an execution
    /// provider. The first <c>Explain</c> creates a second session.
    /// </summary>
    /// <value>Default: null.</value>
    public Action<SessionOptions>? ConfigureSession { get; init; }

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal void Validate(string parameter)
    {
        if (Threads is < 1 or > MaxThreads)
            throw new ArgumentException($"{nameof(Threads)} is {Threads}; it must be from 1 to {MaxThreads}", parameter);
    }
}
