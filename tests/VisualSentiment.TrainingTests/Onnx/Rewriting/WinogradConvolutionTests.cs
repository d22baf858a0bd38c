using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Quantization;
using VisualSentiment.Onnx.Rewriting;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Onnx.Rewriting;

public class WinogradConvolutionTests
{
    private const int Classes = 3;

    public WinogradConvolutionTests()
    {
        LibTorchBackend.EnsureLoaded();
        random.manual_seed(4);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, true)]
    [InlineData(10, false)]
    [InlineData(13, true)]
    public void Tiles_give_the_logits_of_the_convolution_whatever_reaches_past_the_picture(int stride, bool bias)
    {
        using var network = Sequential(
            Conv2d(3, 32, 3, stride: stride), ReLU(), Conv2d(32, 48, 3, bias: bias), ReLU(), AdaptiveAvgPool2d(1), Flatten(), Linear(48, Classes));

        byte[] model = ExportedNetwork.Export(network, Classes);

        Assert.True(IsReplaced(model));
        ExportedNetwork.AssertSameLogits(network, model);
    }

    [Fact]
    public void Paper_student_is_computed_in_tiles()
    {
        using var network = PaperStudent.Create(Classes);

        byte[] model = ExportedNetwork.Export(network, Classes);

        Assert.True(IsReplaced(model));
        ExportedNetwork.AssertSameLogits(network, model);
    }

    /// <summary>What stands between the first convolution and the average.</summary>
    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> Others = new()
    {
        ["padding"] = () => Sequential(Conv2d(32, 32, 3, padding: 1), ReLU()),
        ["stride"] = () => Sequential(Conv2d(32, 32, 3, stride: 2), ReLU()),
        ["dilation"] = () => Sequential(Conv2d(32, 32, 3, dilation: 2), ReLU()),
        ["groups"] = () => Sequential(Conv2d(32, 32, 3, groups: 2), ReLU()),
        ["another kernel"] = () => Sequential(Conv2d(32, 32, 5), ReLU()),
        ["few channels"] = () => Sequential(Conv2d(32, 16, 3), ReLU()),
        ["odd channels"] = () => Sequential(Conv2d(32, 40, 3), ReLU()),
        ["no ReLU"] = () => Sequential(Conv2d(32, 32, 3)),
        ["another activation"] = () => Sequential(Conv2d(32, 32, 3), SiLU()),
    };

    public static TheoryData<string> OtherNames => [.. Others.Keys];

    [Theory]
    [MemberData(nameof(OtherNames))]
    public void Other_convolutions_stay_as_they_are(string name)
    {
        using var body = Others[name]();
        using var network = Sequential(("first", Conv2d(3, 32, 5, stride: 4)), ("body", body), ("pool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()));

        int outputs = (int)body.parameters().First().shape[0];
        Assert.False(IsReplaced(ExportedNetwork.Export(network, outputs)));
    }

    private static bool IsReplaced(byte[] model)
    {
        GraphProto graph = ModelProto.Parser.ParseFrom(model).Graph;
        var index = new GraphIndex(graph);
        WinogradConvolution[] found = [.. graph.Node.Select(node => WinogradConvolution.TryMatch(node, index)).OfType<WinogradConvolution>()];
        if (found is not [var convolution])
            return false;
        convolution.Replace(graph);
        Assert.Single(graph.Node, node => node.OpType == "Conv" && node.GetInteger("group", 1) == 36);
        Assert.DoesNotContain(graph.Node, node => node.OpType == "GlobalAveragePool");
        return true;
    }
}
