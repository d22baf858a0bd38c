using Microsoft.ML.OnnxRuntime;

namespace VisualSentiment;

/// <summary>Options of a detector that is a service. They are read once, when the model is loaded.</summary>
public sealed class VisualSentimentOptions
{
    /// <summary>
    /// Gets or sets the path of an <c>.onnx</c> file, or of a model saved with <c>ml.Model.Save</c>. A relative path
    /// starts at the current directory.
    /// </summary>
    public string ModelPath { get; set; } = "";

    /// <summary>Gets or sets the maximum number of predictions at the same time; from 1 to 1024.</summary>
    /// <value>Default: the number of processors.</value>
    public int MaxConcurrency { get; set; } = Environment.ProcessorCount;

    /// <summary>
    /// Gets or sets the maximum number of predictions that wait for others to end; from 0 to 1,000,000. Further ones
    /// fail with a <see cref="DetectorBusyException"/>. Each waiting prediction holds its encoded image.
    /// </summary>
    /// <value>Default: 100.</value>
    public int QueueLimit { get; set; } = 100;

    /// <summary>Gets or sets whether a first prediction is computed when the model is loaded.</summary>
    /// <value>Default: true.</value>
    public bool WarmUp { get; set; } = true;

    /// <summary>Gets or sets whether the model is replaced when its file changes.</summary>
    /// <value>Default: false.</value>
    public bool HotReload { get; set; }

    /// <summary>Gets or sets the maximum number of threads that compute one prediction; from 1 to 1024.</summary>
    /// <value>Default: 1.</value>
    public int Threads { get; set; } = 1;

    /// <summary>Gets or sets the limits within which images are decoded.</summary>
    /// <value>Default: null, which is <see cref="ImageLimits.Default"/> at the time of the prediction.</value>
    public ImageLimits? Limits { get; set; }

    /// <summary>
    /// Gets or sets a callback that receives the options of each ONNX Runtime session before it is created, for
    /// example to append an execution provider. It is not read from the configuration.
    /// </summary>
    /// <value>Default: null.</value>
    public Action<SessionOptions>? ConfigureSession { get; set; }

    internal DetectorOptions ToDetectorOptions() =>
        new() { Threads = Threads, Limits = Limits, ConfigureSession = ConfigureSession };
}
