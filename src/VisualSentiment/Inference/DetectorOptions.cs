using Microsoft.ML.OnnxRuntime;

namespace VisualSentiment;

/// <summary>Options of a <see cref="SentimentDetector"/>.</summary>
public sealed record DetectorOptions
{
    internal const int MaxThreads = 1024;

    /// <summary>
    /// Gets the maximum number of threads that compute one prediction; from 1 to 1024. More threads shorten a single
    /// prediction of a large model. For concurrent predictions, one thread each is faster.
    /// </summary>
    /// <value>Default: 1.</value>
    public int Threads { get; init; } = 1;

    /// <summary>Gets the limits within which images are decoded.</summary>
    /// <value>Default: null, which is <see cref="ImageLimits.Default"/> at the time of the prediction.</value>
    public ImageLimits? Limits { get; init; }

    /// <summary>
    /// Gets a callback that receives the options of each ONNX Runtime session before it is created, for example to
    /// append an execution provider. The first <c>Explain</c> creates a second session.
    /// </summary>
    /// <value>Default: null.</value>
    public Action<SessionOptions>? ConfigureSession { get; init; }

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal void Validate(string parameter)
    {
        if (Threads is < 1 or > MaxThreads)
            throw new ArgumentException($"{nameof(Threads)} is {Threads}; it must be from 1 to {MaxThreads}.",
                parameter);
        Limits?.Validate(parameter);
    }
}
