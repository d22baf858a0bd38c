namespace VisualSentiment;

/// <summary>
/// What a module of one's own implements so that a student that contains it can be exported to ONNX. The modules of
/// TorchSharp that the exporter knows, and any <c>Sequential</c> of them, need nothing.
/// </summary>
public interface IOnnxExportable
{
    /// <summary>Adds the nodes that compute what the module's <c>forward</c> computes in evaluation mode.</summary>
    /// <param name="graph">The graph under construction.</param>
    /// <param name="input">The name of the value that the module is applied to.</param>
    /// <returns>The name of the value that holds the module's output.</returns>
    string ExportOnnx(OnnxGraph graph, string input);
}
