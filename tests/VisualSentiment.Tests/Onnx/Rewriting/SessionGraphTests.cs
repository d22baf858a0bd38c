using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Rewriting;

namespace VisualSentiment.Tests.Onnx.Rewriting;

public class SessionGraphTests
{
    [Fact]
    public void What_nobody_reads_is_not_computed()
    {
        byte[] student = ExportedStudent.Create();

        byte[] prepared = Prepare(student);

        Assert.Contains("LabelEncoder", ExportedNetwork.Operations(student));
        Assert.Equal(ExportedNetwork.Operations(student).Where(operation => operation != "LabelEncoder"), ExportedNetwork.Operations(prepared));
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
