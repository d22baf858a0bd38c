using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Onnx;

/// <summary>Why a model is refused. <see cref="ModelValidator"/> adds the model's name.</summary>
/// <param name="reason">What is wrong.</param>
/// <param name="wayOut">What to do about it.</param>
internal sealed class InvalidGraphException(string reason, string wayOut = InvalidGraphException.ExportAgain)
    : Exception($"{reason}; {wayOut}")
{
    private const string ExportAgain = "export the model again with SaveAsOnnx";
}
