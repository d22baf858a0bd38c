using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Onnx;

/// <summary>The reason why a model is rejected. <see cref="ModelValidator"/> adds the model's name.</summary>
/// <param name="reason">The error.</param>
/// <param name="remedy">The solution.</param>
internal sealed class InvalidGraphException(string reason, string remedy = InvalidGraphException.ExportAgain)
    : Exception($"{reason}; {remedy}")
{
    public const string ExportAgain = "export the model again with SaveAsOnnx";
}
