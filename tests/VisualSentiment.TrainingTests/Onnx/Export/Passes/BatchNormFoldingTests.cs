using VisualSentiment.LibTorch;
using VisualSentiment.Onnx.Proto;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Onnx.Export.Passes;

public class BatchNormFoldingTests
{
    private const int Classes = 3;

    public BatchNormFoldingTests()
    {
        LibTorchBackend.EnsureLoaded();
        random.manual_seed(3);
    }

    /// <summary>Networks from [N, 3, 224, 224] whose every normalization follows a convolution or dense layer.</summary>
    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> Foldable = new()
    {
        ["convolution without bias"] = () => Pooled(8, Conv2d(3, 8, 7, stride: 8, bias: false), BatchNorm2d(8), ReLU()),
        ["convolution with bias"] = () => Pooled(8, Conv2d(3, 8, 7, stride: 8), BatchNorm2d(8, eps: 1e-3), ReLU()),
        ["depthwise and pointwise"] = () => Pooled(5, Conv2d(3, 3, 7, stride: 8, groups: 3, bias: false), BatchNorm2d(3), ReLU(),
            Conv2d(3, 5, 1, bias: false), BatchNorm2d(5)),
        ["normalization without weights"] = () => Pooled(4, Conv2d(3, 4, 7, stride: 8), BatchNorm2d(4, affine: false)),
        ["dense layer"] = () => Sequential(AvgPool2d(32), Flatten(), Linear(147, Classes), BatchNorm1d(Classes)),
        ["inside a module of one's own"] = () => Pooled(3, Conv2d(3, 3, 7, stride: 8), new NormalizedResidual()),
    };

    public static TheoryData<string> FoldableNames => [.. Foldable.Keys];

    [Theory]
    [MemberData(nameof(FoldableNames))]
    public void Folded_network_computes_what_the_network_computes(string name)
    {
        using var network = Foldable[name]();
        ExportedNetwork.RandomizeNormalizations(network);

        byte[] model = ExportedNetwork.Export(network, Classes);

        Assert.DoesNotContain("BatchNormalization", ExportedNetwork.Operations(model));
        ExportedNetwork.AssertSameLogits(network, model);
    }

    [Fact]
    public void Constants_of_a_folded_normalization_are_gone()
    {
        using var network = Sequential(("conv", Conv2d(3, 8, 7, stride: 8)), ("bn", BatchNorm2d(8)), ("pool", AdaptiveAvgPool2d(1)),
            ("flatten", Flatten()), ("fc", Linear(8, Classes)));

        var model = ModelProto.Parser.ParseFrom(ExportedNetwork.Export(network, Classes));

        Assert.DoesNotContain(model.Graph.Initializer, constant => constant.Name.StartsWith("bn.", StringComparison.Ordinal));
    }

    [Fact]
    public void Normalization_after_something_else_stays()
    {
        using var network = Pooled(8, Conv2d(3, 8, 7, stride: 8), ReLU(), BatchNorm2d(8));
        ExportedNetwork.RandomizeNormalizations(network);

        byte[] model = ExportedNetwork.Export(network, Classes);

        Assert.Contains("BatchNormalization", ExportedNetwork.Operations(model));
        ExportedNetwork.AssertSameLogits(network, model);
    }

    [Fact]
    public void Convolution_whose_output_is_read_elsewhere_stays()
    {
        using var network = Pooled(3, new BothSides());
        ExportedNetwork.RandomizeNormalizations(network);

        byte[] model = ExportedNetwork.Export(network, Classes);

        Assert.Contains("BatchNormalization", ExportedNetwork.Operations(model));
        ExportedNetwork.AssertSameLogits(network, model);
    }

    [Fact]
    public void Network_itself_is_left_alone()
    {
        using var network = Foldable["convolution without bias"]();
        ExportedNetwork.RandomizeNormalizations(network);
        byte[][] before = [.. network.state_dict().Values.Select(tensor => tensor.bytes.ToArray())];

        ExportedNetwork.Export(network, Classes);

        Assert.Equal(before, network.state_dict().Values.Select(tensor => tensor.bytes.ToArray()));
    }

    private static Module<Tensor, Tensor> Pooled(int channels, params Module<Tensor, Tensor>[] layers) =>
        Sequential([.. layers, AdaptiveAvgPool2d(1), Flatten(), Linear(channels, Classes)]);

    private sealed class NormalizedResidual : Module<Tensor, Tensor>, IOnnxExportable
    {
        private readonly TorchSharp.Modules.Sequential body = Sequential(Conv2d(3, 3, 3, padding: 1, bias: false), BatchNorm2d(3));

        public NormalizedResidual() : base(nameof(NormalizedResidual)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input + body.call(input);

        public string ExportOnnx(OnnxGraph graph, string input) => graph.AddNode("Add", [input, graph.AddModule("body", body, input)]);
    }

    private sealed class BothSides : Module<Tensor, Tensor>, IOnnxExportable
    {
        private readonly TorchSharp.Modules.Conv2d conv = Conv2d(3, 3, 7, stride: 8);
        private readonly TorchSharp.Modules.BatchNorm2d norm = BatchNorm2d(3);

        public BothSides() : base(nameof(BothSides)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            Tensor x = conv.call(input);
            return x + norm.call(x);
        }

        public string ExportOnnx(OnnxGraph graph, string input)
        {
            string x = graph.AddModule("conv", conv, input);
            return graph.AddNode("Add", [x, graph.AddModule("norm", norm, x)]);
        }
    }
}
