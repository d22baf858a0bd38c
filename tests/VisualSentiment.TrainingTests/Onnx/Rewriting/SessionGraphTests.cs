using Google.Protobuf;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Rewriting;

namespace VisualSentiment.Tests.Onnx.Rewriting;

public class SessionGraphTests
{
    [Fact]
    public void Unread_outputs_are_not_computed()
    {
        byte[] student = ExportedStudent.Create();
        var model = ModelProto.Parser.ParseFrom(student);
        model.Graph.Node.Add(new NodeProto { Name = "unread", OpType = "Neg", Input = { "logits" }, Output = { "unread" } });

        byte[] prepared = SessionGraph.Prepare(model);

        Assert.Equal(ExportedNetwork.Operations(student), ExportedNetwork.Operations(prepared));
    }

    [Fact]
    public void Signature_and_metadata_stay()
    {
        byte[] student = ExportedStudent.Create();

        var (before, after) = (ModelProto.Parser.ParseFrom(student), ModelProto.Parser.ParseFrom(Prepare(student)));

        Assert.Equal(before.Graph.Input, after.Graph.Input);
        Assert.Equal(before.Graph.Output, after.Graph.Output);
        Assert.Equal(before.MetadataProps, after.MetadataProps);
        Assert.Equal(before.OpsetImport, after.OpsetImport);
    }

    private static byte[] Prepare(byte[] student) => SessionGraph.Prepare(ModelProto.Parser.ParseFrom(student));
}
