using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Onnx.Export.Passes;

public class FirstLayerTests
{
    private const int Classes = 3;

    public FirstLayerTests()
    {
        LibTorchBackend.EnsureLoaded();
        random.manual_seed(4);
    }

    /// <summary>Networks from [N, 3, 224, 224], by how they begin.</summary>
    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> Networks = new()
    {
        ["convolution with bias"] = () => Pooled(8, Conv2d(3, 8, 7, stride: 8)),
        ["convolution without bias"] = () => Pooled(8, Conv2d(3, 8, 7, stride: 8, bias: false)),
        ["convolution and batch normalization"] = () => Pooled(8, Conv2d(3, 8, 7, stride: 8, bias: false), BatchNorm2d(8)),
        ["convolution of another height than width"] = () => Pooled(8, Conv2d(3, 8, (5, 3), stride: (4, 6))),
        ["convolution with dilation"] = () => Pooled(8, Conv2d(3, 8, 3, stride: 8, dilation: 2)),
        ["convolution in groups"] = () => Pooled(6, Conv2d(3, 6, 7, stride: 8, groups: 3)),
        ["convolution with padding"] = () => Pooled(8, Conv2d(3, 8, 7, stride: 8, padding: 3)),
        ["pooling"] = () => Pooled(8, AvgPool2d(4), Conv2d(3, 8, 3)),
        ["two convolutions of the same pixels"] = () => Pooled(8, new Branches()),
    };

    [Theory]
    [InlineData("convolution with bias", "Reshape Cast Conv")]
    [InlineData("convolution without bias", "Reshape Cast Conv")]
    [InlineData("convolution and batch normalization", "Reshape Cast Conv")]
    [InlineData("convolution of another height than width", "Reshape Cast Conv")]
    [InlineData("convolution with dilation", "Transpose Cast Conv")]
    [InlineData("convolution in groups", "Transpose Cast Conv")]
    [InlineData("convolution with padding", "Transpose Cast Sub Conv")]
    [InlineData("pooling", "Transpose Cast Sub Mul AveragePool Conv")]
    [InlineData("two convolutions of the same pixels", "Transpose Cast Sub Mul Conv Conv")]
    public void Normalization_and_layout_go_as_far_as_they_can_into_the_first_convolution(string name, string operations)
    {
        using var network = Networks[name]();
        ExportedNetwork.RandomizeNormalizations(network);

        byte[] model = ExportedNetwork.Export(network, Classes);

        Assert.StartsWith(operations, string.Join(' ', ExportedNetwork.Operations(model)), StringComparison.Ordinal);
        ExportedNetwork.AssertSameLogits(network, model);
    }

    [Fact]
    public void Paper_student_begins_with_its_convolution()
    {
        using var network = PaperStudent.Create(Classes);

        Assert.Equal(["Reshape", "Cast", "Conv", "MaxPool"], ExportedNetwork.Operations(ExportedNetwork.Export(network, Classes)).Take(4));
    }

    private static Module<Tensor, Tensor> Pooled(int channels, params Module<Tensor, Tensor>[] layers) =>
        Sequential([.. layers, AdaptiveAvgPool2d(1), Flatten(), Linear(channels, Classes)]);

    private sealed class Branches : Module<Tensor, Tensor>, IOnnxExportable
    {
        private readonly TorchSharp.Modules.Conv2d left = Conv2d(3, 8, 7, stride: 8), right = Conv2d(3, 8, 7, stride: 8);

        public Branches() : base(nameof(Branches)) => RegisterComponents();

        public override Tensor forward(Tensor input) => left.call(input) + right.call(input);

        public string ExportOnnx(OnnxGraph graph, string input) =>
            graph.AddNode("Add", [graph.AddModule("left", left, input), graph.AddModule("right", right, input)]);
    }
}
