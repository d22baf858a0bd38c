namespace VisualSentiment;

/// <summary>A model is missing, damaged, not exported by this library, or beyond the limits for models.</summary>
public sealed class InvalidModelException : VisualSentimentException
{
    internal InvalidModelException(string model, string reason, Exception? inner = null)
        : base($"Cannot use the model '{model}': {reason}", inner) => Model = model;

    /// <summary>Gets the path of the model, or its name in messages if it has no path.</summary>
    public string Model { get; }

    internal static InvalidModelException NotOnnx(string model, Exception? inner) => new(model,
        "it is not a complete ONNX model; copy it again, or export it again with SaveAsOnnx"
        + (inner is null ? "" : $" ({inner.Message})"), inner);
}
