using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Export;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Quantization;
using VisualSentiment.Tests.Onnx.Export;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Tests.Quantization;

public sealed class StudentQuantizerTests : IDisposable
{
    private const int Classes = 3, CalibrationCount = 6;

    private readonly CalibrationImages _images = SketchedPixels.Keep(CalibrationCount);
    private readonly TemporaryFolder _folder = new();

    public StudentQuantizerTests()
    {
        LibTorchBackend.EnsureLoaded();
        random.manual_seed(5);
    }

    public void Dispose()
    {
        _images.Dispose();
        _folder.Dispose();
    }

    /// <summary>Networks from [N, 3, 224, 224], by what they try.</summary>
    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> Networks = new()
    {
        ["convolutions, pooling before ReLU"] = () => Pooled(16, Conv2d(3, 8, 3), MaxPool2d(4, 4), ReLU(), Conv2d(8, 16, 3), ReLU()),
        ["ReLU before pooling with padding"] = () => Pooled(16, Conv2d(3, 16, 5, stride: 4), ReLU(), MaxPool2d(3, 2, 1), Conv2d(16, 16, 3, padding: 1), ReLU()),
        ["batch normalization"] = () => Pooled(16, Conv2d(3, 8, 4, stride: 4, bias: false), BatchNorm2d(8), ReLU(), Conv2d(8, 16, 3, stride: 2, bias: false), BatchNorm2d(16), ReLU()),
        ["depthwise convolutions and sums"] = () => Pooled(32, Conv2d(3, 16, 4, stride: 4, bias: false), BatchNorm2d(16), ReLU(),
            new SeparableBlock(16, 32, kernel: 5, stride: 2), new SeparableBlock(32, 32, kernel: 3)),
        ["ReLU6"] = () => Pooled(16, Conv2d(3, 8, 4, stride: 4), ReLU6(), Conv2d(8, 16, 3), ReLU6()),
        ["smooth activations"] = () => Pooled(16, Conv2d(3, 8, 4, stride: 4), SiLU(), Conv2d(8, 16, 3, stride: 2), Hardswish()),
        ["average pooling between convolutions"] = () => Pooled(16, Conv2d(3, 8, 4, stride: 4), ReLU(), AvgPool2d(2), Conv2d(8, 16, 3), ReLU()),
        ["convolution without bias"] = () => Pooled(16, Conv2d(3, 8, 4, stride: 4, bias: false), Conv2d(8, 16, 3, bias: false)),
        ["convolution that makes the logits"] = () => Sequential(Conv2d(3, 16, 8, stride: 8), ReLU(), AdaptiveAvgPool2d(1), Conv2d(16, Classes, 1), Flatten()),
        ["dense layers alone"] = () => Sequential(AvgPool2d(32), Flatten(), Linear(147, 32), ReLU(), Linear(32, Classes)),
        ["images averaged before the first convolution"] = () => Pooled(8, AvgPool2d(4), Conv2d(3, 8, 3, padding: 1), ReLU()),
        ["two convolutions of the same pixels"] = () => Pooled(8, new Branches()),
    };

    /// <summary>First convolutions, by kernel, stride, padding, and what comes behind; every position of the output counts.</summary>
    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> FirstConvolutions = new()
    {
        ["3, stride 1"] = () => EveryPosition(222, Conv2d(3, 1, 3)),
        ["3, stride 1, pooled by 4"] = () => EveryPosition(55, Conv2d(3, 4, 3), MaxPool2d(4, 4)),
        ["3, stride 1, pooled by 2"] = () => EveryPosition(111, Conv2d(3, 4, 3), MaxPool2d(2, 2)),
        ["5, stride 2, pooled by 4"] = () => EveryPosition(27, Conv2d(3, 8, 5, stride: 2), MaxPool2d(4, 4)),
        ["3, stride 1, pooled by 4 and every other row by 3"] = () => EveryPosition(110, 55, Conv2d(3, 2, 3), MaxPool2d((3, 4), (2, 4))),
        ["3, stride 1, padded"] = () => EveryPosition(224, Conv2d(3, 1, 3, padding: 1)),
        ["3, stride 2"] = () => EveryPosition(111, Conv2d(3, 4, 3, stride: 2)),
        ["3, stride 2, padded"] = () => EveryPosition(112, Conv2d(3, 4, 3, stride: 2, padding: 1)),
        ["4, stride 4"] = () => EveryPosition(56, Conv2d(3, 8, 4, stride: 4)),
        ["5, stride 3, padded"] = () => EveryPosition(75, Conv2d(3, 4, 5, stride: 3, padding: 2)),
        ["7, stride 4, padded"] = () => EveryPosition(56, Conv2d(3, 8, 7, stride: 4, padding: 3)),
        ["9, stride 112, padded"] = () => EveryPosition(2, Conv2d(3, 64, 9, stride: 112, padding: 4)),
        ["1, stride 1"] = () => EveryPosition(224, Conv2d(3, 1, 1)),
        ["3, dilated"] = () => EveryPosition(74, Conv2d(3, 6, 3, stride: 3, dilation: 2)),
        ["3, in groups"] = () => EveryPosition(75, Conv2d(3, 6, 3, stride: 3, groups: 3, padding: 1)),
        ["3 by 5, padded at the sides"] = () => EveryPosition(74, 75, Conv2d(3, 4, (3, 5), stride: (3, 3), padding: (0, 2))),
    };

    public static TheoryData<string> NetworkNames => [.. Networks.Keys];

    public static TheoryData<string> FirstConvolutionNames => [.. FirstConvolutions.Keys];

    [Theory]
    [MemberData(nameof(NetworkNames))]
    public void Quantized_network_computes_nearly_what_the_network_computes(string name) => AssertNearlyTheSame(Networks[name], tolerance: 0.1);

    [Theory]
    [MemberData(nameof(FirstConvolutionNames))]
    public void First_convolution_reads_the_bytes_of_images_up_to_their_borders(string name) => AssertNearlyTheSame(FirstConvolutions[name], tolerance: 0.15);

    [Theory]
    [InlineData(0f, 0f, 0f)]
    [InlineData(0.5f, 0.5f, 0.5f)]
    [InlineData(0.1f, 0.9f, 1f)]
    public void Padding_is_what_the_network_takes_for_zero_whatever_the_normalization(float red, float green, float blue)
    {
        using var network = EveryPosition(2, Conv2d(3, 64, 9, stride: 112, padding: 4));
        var info = Info(Classes) with { Normalization = new PixelNormalization([red, green, blue], [0.3f, 0.2f, 0.4f]) };

        AssertNearlyTheSame(OnnxExporter.Export(network, info), tolerance: 0.15);
    }

    [Theory]
    [InlineData("convolutions, pooling before ReLU", 2)]
    [InlineData("depthwise convolutions and sums", 5)]
    [InlineData("ReLU6", 2)]
    [InlineData("average pooling between convolutions", 2)]
    public void ONNX_Runtime_computes_the_convolutions_on_bytes(string name, int convolutions)
    {
        var operations = Optimized(Quantize(Networks[name]));

        Assert.Equal(convolutions, operations.Count(operation => operation == "QLinearConv"));
        Assert.DoesNotContain(operations, operation => operation is "Conv" or "FusedConv" or "QuantizeLinear" or "Relu" or "Clip");
    }

    [Fact]
    public void Compact_student_is_less_than_a_third_as_large()
    {
        byte[] model = Quantize(() => CompactStudent.Create(8, width: 1), 8);

        Assert.InRange(model.Length, 144_792, 193_000);
    }

    [Fact]
    public void Paper_student_is_a_quarter_as_large_and_no_image_is_converted()
    {
        byte[] model = Quantize(() => PaperStudent.Create(8), 8);

        Assert.InRange(model.Length, 145_800, 160_000);
        Assert.DoesNotContain(Optimized(model), operation => operation is "Cast" or "Conv" or "MaxPool" or "QuantizeLinear" or "Pad");
    }

    [Fact]
    public void Convolution_weights_have_a_scale_for_each_channel_and_nearly_a_bit_to_spare()
    {
        var graph = ModelProto.Parser.ParseFrom(Quantize(Networks["batch normalization"])).Graph;

        // Zero points have one dimension.
        TensorProto[] weights = [.. graph.Initializer.Where(constant => constant.DataType == (int)DataType.Int8 && constant.Dims.Count > 1)];
        Assert.Equal([8, 16, 24, Classes], weights.Select(weight => (int)weight.Dims[0]));
        Assert.All(weights.Take(2), weight => Assert.InRange(weight.RawData.Max(b => Math.Abs((int)(sbyte)b)), 50, 64));
        string scale = graph.Node.Single(node => node.Input.FirstOrDefault() == weights[1].Name).Input[1];
        Assert.Equal(16, graph.Initializer.Single(constant => constant.Name == scale).Dims[0]);
    }

    [Fact]
    public void Signature_class_names_and_metadata_stay_and_it_is_said_to_be_quantized()
    {
        byte[] before = Export(Networks["batch normalization"], Classes);
        byte[] after = StudentQuantizer.Quantize(before, _images, TestContext.Current.CancellationToken);

        ModelProto first = ModelProto.Parser.ParseFrom(before), second = ModelProto.Parser.ParseFrom(after);
        Assert.Equal(first.Graph.Input, second.Graph.Input);
        Assert.Equal(first.Graph.Output, second.Graph.Output);
        Assert.Equal(first.OpsetImport, second.OpsetImport);
        Assert.Equal(first.IrVersion, second.IrVersion);
        Assert.Equal(first.MetadataProps.SkipLast(1).Append(new StringStringEntryProto { Key = "visualsentiment.quantization", Value = "int8" })
            .OrderBy(pair => pair.Key, StringComparer.Ordinal), second.MetadataProps.SkipLast(1));
        Assert.All([first, second], model => Assert.Equal(ModelDigest.Key, model.MetadataProps[^1].Key));
        Assert.Equal("int8", OnnxModelInfo.Read(after, "test").Quantization);
    }

    [Fact]
    public void Same_student_and_images_give_the_same_bytes()
    {
        byte[] model = Export(Networks["depthwise convolutions and sums"], Classes);
        using var again = SketchedPixels.Keep(CalibrationCount);

        Assert.Equal(StudentQuantizer.Quantize(model, _images, TestContext.Current.CancellationToken),
            StudentQuantizer.Quantize(model, again, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Student_that_computes_no_numbers_is_rejected()
    {
        byte[] model = Export(() =>
        {
            var network = Networks["batch normalization"]();
            using var noGradient = no_grad();
            network.parameters().First().fill_(float.NaN);
            return network;
        }, Classes);

        var error = Assert.Throws<InvalidOperationException>(() => StudentQuantizer.Quantize(model, _images, TestContext.Current.CancellationToken));

        Assert.Contains("NaN or infinite", error.Message);
    }

    [Fact]
    public void Silent_channels_do_no_harm() => AssertNearlyTheSame(() =>
    {
        var network = Networks["convolutions, pooling before ReLU"]();
        using var noGradient = no_grad();
        foreach (var parameter in network.parameters().Take(2))
            parameter[TensorIndex.Slice(0, 4)].zero_();
        return network;
    }, tolerance: 0.1);

    private static Module<Tensor, Tensor> Pooled(int channels, params Module<Tensor, Tensor>[] layers) =>
        Sequential([.. layers, AdaptiveAvgPool2d(1), Flatten(), Linear(channels, 24), ReLU(), Linear(24, Classes)]);

    private static Module<Tensor, Tensor> EveryPosition(int size, params Module<Tensor, Tensor>[] layers) => EveryPosition(size, size, layers);

    private static Module<Tensor, Tensor> EveryPosition(int height, int width, params Module<Tensor, Tensor>[] layers)
    {
        long channels = layers[0].parameters().First().shape[0];
        return Sequential([.. layers, ReLU(), Flatten(), Linear(channels * height * width, Classes)]);
    }

    private static OnnxModelInfo Info(int classes) => new() { Classes = [.. Enumerable.Range(0, classes).Select(i => $"class {i}")] };

    private static byte[] Export(Func<Module<Tensor, Tensor>> create, int classes)
    {
        using var network = create();
        ExportedNetwork.RandomizeNormalizations(network);
        return OnnxExporter.Export(network, Info(classes));
    }

    private byte[] Quantize(Func<Module<Tensor, Tensor>> create, int classes = Classes) =>
        StudentQuantizer.Quantize(Export(create, classes), _images, TestContext.Current.CancellationToken);

    private void AssertNearlyTheSame(Func<Module<Tensor, Tensor>> create, double tolerance) => AssertNearlyTheSame(Export(create, Classes), tolerance);

    /// <summary>On images that calibration has not seen, logits differ by a small share of how they vary.</summary>
    private void AssertNearlyTheSame(byte[] model, double tolerance)
    {
        byte[] quantized = StudentQuantizer.Quantize(model, _images, TestContext.Current.CancellationToken);
        AssertWellFormed(quantized);
        const int Images = 4;
        byte[] pixels = [.. Enumerable.Range(100, Images).SelectMany(SketchedPixels.Draw)];
        float[] expected = Logits(model, pixels), actual = Logits(quantized, pixels);
        // Untrained networks say nearly the same of every image.
        double least = 0.2 * expected.Max(MathF.Abs);

        for (int c = 0; c < Classes; c++)
        {
            float[] logits = [.. expected.Where((_, i) => i % Classes == c)];
            double spread = Math.Max(logits.Max() - logits.Min(), least);
            for (int i = c; i < expected.Length; i += Classes)
                Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * spread, $"logit {c} of image {i / Classes}: {actual[i]}, not {expected[i]}; they vary by {spread}");
        }
    }

    /// <summary>Values are defined before use, names without duplicates, nodes of the standard; every constant is read.</summary>
    private static void AssertWellFormed(byte[] model)
    {
        var graph = ModelProto.Parser.ParseFrom(model).Graph;
        HashSet<string> defined = [.. graph.Input.Select(i => i.Name), .. graph.Initializer.Select(i => i.Name)];
        Assert.Equal(graph.Input.Count + graph.Initializer.Count, defined.Count);
        foreach (var node in graph.Node)
        {
            Assert.All(node.Input.Where(i => i.Length > 0), i => Assert.Contains(i, defined));
            Assert.All(node.Output, o => Assert.True(defined.Add(o), $"{o} is defined twice"));
            Assert.Equal("", node.Domain);
        }
        string[] names = [.. graph.Node.Select(n => n.Name).Where(name => name.Length > 0)];
        Assert.Equal(names.Distinct(), names);
        Assert.All(graph.Initializer, constant => Assert.Contains(graph.Node, node => node.Input.Contains(constant.Name)));
    }

    private static float[] Logits(byte[] model, byte[] pixels)
    {
        using var classifier = new OnnxClassifier(model, "test");
        int count = pixels.Length / PixelFormat.ByteCount;
        float[] logits = new float[count * Classes];
        classifier.Logits(pixels, count, logits);
        return logits;
    }

    /// <summary>What ONNX Runtime makes of a model.</summary>
    private IReadOnlyList<string> Optimized(byte[] model)
    {
        string path = _folder["optimized.onnx"];
        using (var options = new SessionOptions { OptimizedModelFilePath = path, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR })
        using (new InferenceSession(model, options))
            return ExportedNetwork.Operations(File.ReadAllBytes(path));
    }

    private sealed class Branches : Module<Tensor, Tensor>, IOnnxExportable
    {
        private readonly TorchSharp.Modules.Conv2d left = Conv2d(3, 8, 7, stride: 8), right = Conv2d(3, 8, 7, stride: 8);

        public Branches() : base(nameof(Branches)) => RegisterComponents();

        public override Tensor forward(Tensor input) => left.call(input) + right.call(input);

        public string ExportOnnx(OnnxGraph graph, string input) =>
            graph.AddNode("Add", [graph.AddModule("left", left, input), graph.AddModule("right", right, input)]);
    }
}
