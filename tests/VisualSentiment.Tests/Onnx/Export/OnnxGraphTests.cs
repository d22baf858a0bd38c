using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Tests.Support;

namespace VisualSentiment.Tests.Onnx.Export;

public class OnnxGraphTests
{
    private readonly OnnxGraph _graph = new();

    public OnnxGraphTests() => _graph.AddInput("x", TensorProto.Types.DataType.Float, 4);

    [Fact]
    public void Names_are_made_unique() =>
        Assert.Equal(["Relu", "Relu_2", "Relu_3"], Enumerable.Range(0, 3).Select(_ => _graph.AddNode("Relu", ["x"])));

    [Fact]
    public void Inputs_must_be_in_the_graph()
    {
        var error = Assert.Throws<ArgumentException>(() => _graph.AddNode("Add", ["x", "y"]));

        Assert.Contains("'y'", error.Message);
        Assert.Contains("Add", error.Message);
    }

    [Fact]
    public void Optional_inputs_may_be_left_out() =>
        Assert.Equal("Clip", _graph.AddNode("Clip", ["x", "", _graph.AddWeight("maximum", [1f])]));

    [Fact]
    public void Weight_of_another_size_than_its_shape_is_rejected()
    {
        var error = Assert.Throws<ArgumentException>(() => _graph.AddWeight("weight", [1f, 2f, 3f], 2, 2));

        Assert.Contains("'weight'", error.Message);
        Assert.Contains("[2, 2]", error.Message);
    }

    [Fact]
    public void Attribute_of_an_unknown_type_is_named()
    {
        var error = Assert.Throws<ArgumentException>(() => _graph.AddNode("Relu", ["x"], ("when", DateTime.MinValue)));

        Assert.Contains("'when'", error.Message);
        Assert.Contains("DateTime", error.Message);
    }

    [Fact]
    public void Nodes_that_nothing_reads_are_dropped()
    {
        GraphProto graph = ModelProto.Parser.ParseFrom(ExportedStudent.Create()).Graph, expected = graph.Clone();
        graph.Node.Add(new NodeProto { Name = "unread", OpType = "Neg", Input = { "logits" }, Output = { "unread" } });

        graph.DropUnread();

        Assert.Equal(expected, graph);
    }
}
