namespace VisualSentiment;

/// <summary>A model is missing, damaged, not one that this library exported, or costs more than a model may.</summary>
public sealed class InvalidModelException : IOException
{
    internal InvalidModelException(string model, string reason, Exception? inner = null)
        : base($"Cannot use the model '{model}': {reason}", inner) => Model = model;

    /// <summary>The path of the model, or what it was called where it came from memory.</summary>
    public string Model { get; }

    internal static InvalidModelException NotOnnx(string model, Exception? inner) => new(model,
        $"it is not an ONNX model, or only a part of one; export it again with SaveAsOnnx, or copy it again{(inner is null ? "" : $" ({inner.Message})")}", inner);
}
