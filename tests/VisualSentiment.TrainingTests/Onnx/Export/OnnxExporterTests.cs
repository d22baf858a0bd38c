using TorchSharp;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Onnx.Export;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Onnx.Validation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Onnx.Export;

public class OnnxExporterTests
{
    private const int Images = 2;

    public OnnxExporterTests()
    {
        LibTorchBackend.EnsureLoaded();
        random.manual_seed(11);
    }

    /// <summary>Networks from [N, 3, 32, 32], by what they try.</summary>
    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> Networks = new()
    {
        ["convolution with bias"] = () => Conv2d(3, 8, kernel_size: 3),
        ["convolution without bias"] = () => Conv2d(3, 8, kernel_size: 3, bias: false),
        ["convolution with stride, padding and dilation"] = () =>
            Conv2d(3, 8, kernel_size: (3, 5), stride: (2, 1), padding: (1, 2), dilation: (2, 1)),
        ["convolution in groups"] = () => Conv2d(3, 6, kernel_size: 3, groups: 3),
        ["convolution padded to the same size"] = () => Conv2d(3, 8, kernel_size: (4, 3), padding: Padding.Same, dilation: (1, 2)),
        ["convolution padded not at all"] = () => Conv2d(3, 8, kernel_size: 3, padding: Padding.Valid),
        ["max pooling"] = () => MaxPool2d(kernel_size: 3),
        ["max pooling with stride, padding and dilation"] = () => MaxPool2d([3, 4], [2, 3], [1, 2], [2, 1]),
        ["max pooling with a last part window"] = () => MaxPool2d(3, 2, ceil_mode: true),
        ["average pooling"] = () => AvgPool2d(3),
        ["average pooling with padding that counts"] = () => AvgPool2d([3, 5], [2, 2], [1, 2]),
        ["average pooling with padding that does not count"] = () => AvgPool2d([3, 3], [2, 2], [1, 1], count_include_pad: false),
        ["global average pooling"] = () => AdaptiveAvgPool2d(1),
        ["batch normalization"] = () => Randomize(BatchNorm2d(3, eps: 1e-3)),
        ["batch normalization without weights"] = () => Randomize(BatchNorm2d(3, affine: false)),
        ["dense layer without bias"] = () => Sequential(Flatten(), Linear(3072, 5, hasBias: false)),
        ["batch normalization of vectors"] = () => Sequential(Flatten(), Linear(3072, 5), Randomize(BatchNorm1d(5))),
        ["ReLU"] = () => ReLU(),
        ["ReLU6"] = () => ReLU6(),
        ["SiLU"] = () => SiLU(),
        ["hard swish"] = () => Hardswish(),
        ["hard sigmoid"] = () => Hardsigmoid(),
        ["sigmoid"] = () => Sigmoid(),
        ["tanh"] = () => Tanh(),
        ["dropout"] = () => Dropout(0.5),
        ["dropout of channels"] = () => Dropout2d(0.5),
        ["identity"] = () => Identity(),
        ["nested sequences"] = () => Sequential(("block", Sequential(("conv", Conv2d(3, 4, 3)), ("act", ReLU()))), ("again", Sequential(Tanh()))),
        ["module of one's own"] = () => new ResidualBlock(),
    };

    public static TheoryData<string> NetworkNames => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(NetworkNames))]
    public void Exported_network_computes_what_the_network_computes(string name)
    {
        using var layer = Networks[name]();
        using var network = Sequential(("scale", AvgPool2d(7)), ("layer", layer), ("flatten", Flatten()), ("fc", Linear(OutputSize(layer), 4)));

        AssertSameScores(network);
    }

    [Fact]
    public void A_network_that_could_not_be_loaded_is_rejected()
    {
        using var large = Sequential(Conv2d(3, 4096, 1), AdaptiveAvgPool2d(1), Flatten(), Linear(4096, 3));

        Assert.Contains(OnnxExporter.FindUnsupported(large), reason => reason.Contains(ModelLimits.MemorySetting, StringComparison.Ordinal));
        Assert.Throws<NotSupportedException>(() => ExportedNetwork.Export(large, 3));
    }

    [Fact]
    public void Exported_paper_student_computes_what_the_student_computes()
    {
        using var network = PaperStudent.Create(8);

        AssertSameScores(network, classes: 8);
    }

    [Theory]
    [InlineData(96)]
    [InlineData(191)]
    [InlineData(256)]
    public void Student_of_another_input_size_resizes_in_the_graph(int size)
    {
        using var network = Sequential(("conv", Conv2d(3, 4, 3)), ("pool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("fc", Linear(4, 4)));

        AssertSameScores(network, size);
    }

    [Fact]
    public void Training_mode_makes_no_difference()
    {
        using var network = Sequential(("pool", AdaptiveAvgPool2d(1)), ("bn", Randomize(BatchNorm2d(3))), ("drop", Dropout()), ("flatten", Flatten()));
        network.train();
        byte[] trained = OnnxExporter.Export(network, Info(3));
        network.eval();

        Assert.Equal(trained, OnnxExporter.Export(network, Info(3)));
    }

    [Fact]
    public void Same_network_gives_the_same_bytes()
    {
        using var network = PaperStudent.Create(8);

        Assert.Equal(OnnxExporter.Export(network, Info(8)), OnnxExporter.Export(network, Info(8)));
    }

    [Fact]
    public void Graph_is_named_defined_before_use_and_without_duplicates()
    {
        using var network = PaperStudent.Create(8);
        var model = ModelProto.Parser.ParseFrom(OnnxExporter.Export(network, Info(8)));

        HashSet<string> defined = [.. model.Graph.Input.Select(i => i.Name), .. model.Graph.Initializer.Select(i => i.Name)];
        Assert.Equal(model.Graph.Input.Count + model.Graph.Initializer.Count, defined.Count);
        foreach (var node in model.Graph.Node)
        {
            Assert.NotEmpty(node.Name);
            Assert.All(node.Input.Where(i => i.Length > 0), i => Assert.Contains(i, defined));
            Assert.All(node.Output, o => Assert.True(defined.Add(o), $"{o} is defined twice"));
        }
        Assert.Equal(model.Graph.Node.Count, model.Graph.Node.Select(n => n.Name).Distinct().Count());
        Assert.Equal(["Score", "logits"], model.Graph.Output.Select(o => o.Name));
        Assert.Contains(model.Graph.Initializer, i => i.Name == "conv1.weight");
        Assert.Equal(8, model.IrVersion);
    }

    [Fact]
    public void Modules_that_cannot_be_exported_are_named_by_their_paths()
    {
        using var network = Sequential(
            ("features", Sequential(("conv", Conv2d(3, 4, 3)), ("norm", InstanceNorm2d(4)))),
            ("pool", AdaptiveAvgPool2d(2)), ("flatten", Flatten()), ("norm", LayerNorm(16)), ("fc", Linear(16, 4)));

        Assert.Equal(["features.norm (InstanceNorm2d)", "pool (AdaptiveAvgPool2d)", "norm (LayerNorm)"], OnnxExporter.FindUnsupported(network));
        var error = Assert.Throws<NotSupportedException>(() => OnnxExporter.Export(network, Info(4)));
        Assert.Contains("features.norm (InstanceNorm2d)", error.Message);
        Assert.Contains(nameof(IOnnxExportable), error.Message);
    }

    [Fact]
    public void Nothing_is_unsupported_in_the_paper_student()
    {
        using var network = PaperStudent.Create(8);

        Assert.Empty(OnnxExporter.FindUnsupported(network));
    }

    [Fact]
    public void Modules_inside_a_module_of_ones_own_are_found_too()
    {
        using var network = Sequential(("block", new ResidualBlock(LayerNorm(32))));

        Assert.Equal(["block.body (LayerNorm)"], OnnxExporter.FindUnsupported(network));
    }

    [Fact]
    public void Settings_that_cannot_be_exported_are_rejected()
    {
        using var network = Sequential(
            ("reflect", Conv2d(3, 4, 3, padding: 1, padding_mode: PaddingModes.Reflect)),
            ("pool", AvgPool2d([2], ceil_mode: true)),
            ("flatten", Flatten(start_dim: 2)),
            ("norm", BatchNorm2d(4, track_running_stats: false)));

        Assert.Equal(["reflect", "pool", "flatten", "norm"], OnnxExporter.FindUnsupported(network).Select(u => u.Split(' ')[0]));
    }

    [Fact]
    public void Exporting_leaves_no_tensor_behind()
    {
        using var network = PaperStudent.Create(8);
        // Counted on this thread alone: other tests make tensors on theirs.
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        OnnxExporter.Export(network, Info(8));

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Classes_must_differ()
    {
        using var network = PaperStudent.Create(2);

        var error = Assert.Throws<ArgumentException>(() => OnnxExporter.Export(network, new OnnxModelInfo { Classes = ["awe", "awe"] }));

        Assert.Contains("'awe'", error.Message);
    }

    private static OnnxModelInfo Info(int classes, int inputSize = PixelFormat.Height) => new()
    {
        Classes = [.. Enumerable.Range(0, classes).Select(i => $"class {i}")],
        InputSize = inputSize,
    };

    private static long OutputSize(Module<Tensor, Tensor> layer)
    {
        using var scope = NewDisposeScope();
        layer.eval();
        return layer.call(zeros(1, 3, 32, 32)).numel();
    }

    private static T Randomize<T>(T norm) where T : Module<Tensor, Tensor>
    {
        using var noGrad = no_grad();
        foreach (var (name, tensor) in norm.named_buffers().Concat(norm.named_parameters().Select(p => (p.name, (Tensor)p.parameter))))
            if (tensor.is_floating_point())
                tensor.copy_(rand(tensor.shape) + 0.5);
        return norm;
    }

    private static void AssertSameScores(Module<Tensor, Tensor> network, int size = PixelFormat.Height, int classes = 4)
    {
        network.eval();
        byte[] pixels = new byte[Images * PixelFormat.ByteCount];
        new Random(5).NextBytes(pixels);
        using var classifier = new OnnxClassifier(OnnxExporter.Export(network, Info(classes, size)), "test");
        float[] scores = new float[Images * classes], logits = new float[Images * classes];

        classifier.Score(pixels, Images, scores);
        classifier.Logits(pixels, Images, logits);

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var input = tensor(pixels).reshape(Images, PixelFormat.Height, PixelFormat.Width, 3).permute(0, 3, 1, 2).contiguous().to(float32) / 255;
        input = (input - tensor([.. PixelNormalization.ImageNet.Mean]).reshape(3, 1, 1))
            / tensor([.. PixelNormalization.ImageNet.StandardDeviation]).reshape(3, 1, 1);
        if (size != PixelFormat.Height)
            input = functional.interpolate(input, [size, size], mode: InterpolationMode.Bilinear, align_corners: false);
        var expected = network.call(input);
        AssertClose(expected.data<float>().ToArray(), logits, 1e-4f);
        AssertClose(functional.softmax(expected, 1).data<float>().ToArray(), scores, 1e-5f);
    }

    private static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= tolerance, $"[{i}]: {expected[i]} is not {actual[i]}");
    }

    private sealed class ResidualBlock : Module<Tensor, Tensor>, IOnnxExportable
    {
        private readonly Module<Tensor, Tensor> body;

        public ResidualBlock(Module<Tensor, Tensor>? body = null) : base(nameof(ResidualBlock))
        {
            this.body = body ?? Sequential(Conv2d(3, 3, 3, padding: 1), ReLU());
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => input + body.call(input);

        public string ExportOnnx(OnnxGraph graph, string input) =>
            graph.AddNode("Add", [input, graph.AddModule("body", body, input)]);
    }
}
