namespace VisualSentiment;

/// <summary>An ONNX graph under construction, to which modules add nodes and weights.</summary>
public sealed class OnnxGraph
{
    internal OnnxGraph()
    {
    }
}
