using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Onnx;

/// <summary>Changes to models that are already exported; what is not touched stays as it is.</summary>
internal static class OnnxEditor
{
    /// <summary>The model with its one input called <paramref name="name"/>.</summary>
    public static byte[] RenameInput(byte[] onnxModel, string name)
    {
        var model = ModelProto.Parser.ParseFrom(onnxModel);
        string old = model.Graph.Input.Single().Name;
        model.Graph.Input[0].Name = name;
        foreach (var node in model.Graph.Node)
            for (int i = 0; i < node.Input.Count; i++)
                if (node.Input[i] == old)
                    node.Input[i] = name;
        return ModelDigest.Seal(model);
    }
}
