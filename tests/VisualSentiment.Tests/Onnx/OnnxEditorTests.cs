using Google.Protobuf;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;

namespace VisualSentiment.Tests.Onnx;

public class OnnxEditorTests
{
    [Fact]
    public void Input_is_renamed_where_it_is_declared_and_where_it_is_used()
    {
        var model = ModelProto.Parser.ParseFrom(OnnxEditor.RenameInput(ExportedStudent.Create(), "image"));

        Assert.Equal("image", model.Graph.Input.Single().Name);
        Assert.Contains(model.Graph.Node, n => n.Input.Contains("image"));
        Assert.DoesNotContain(model.Graph.Node, n => n.Input.Contains("pixels"));
    }

    [Fact]
    public void Fields_that_are_not_known_survive()
    {
        // Field 5 of a model, its model_version, is none that the library writes.
        byte[] original = [.. ExportedStudent.Create(), (5 << 3) | 0, 42];

        byte[] edited = OnnxEditor.RenameInput(original, "image");

        var model = ModelProto.Parser.ParseFrom(edited);
        model.MetadataProps.RemoveAt(model.MetadataProps.Count - 1);
        Assert.Equal([(5 << 3) | 0, 42], model.ToByteArray()[^2..]);
        Assert.Equal(ModelDigest.Seal(ModelProto.Parser.ParseFrom(original)), OnnxEditor.RenameInput(edited, "pixels"));
    }
}
