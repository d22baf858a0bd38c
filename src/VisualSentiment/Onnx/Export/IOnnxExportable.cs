namespace VisualSentiment;

/// <summary>
/// Implemented by custom modules so that students that contain them can be exported to ONNX. The TorchSharp modules
/// that the exporter supports, and any <c>Sequential</c> of them, do not need it.
/// </summary>
public interface IOnnxExportable
{
    /// <summary>Adds the nodes of the module's <c>forward</c> in evaluation mode.</summary>
    /// <param name="graph">The graph under construction.</param>
    /// <param name="input">The name of the module's input.</param>
    /// <returns>The name of the module's output.</returns>
    string ExportOnnx(OnnxGraph graph, string input);
}
