using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Networks;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Evidence;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Quantization;
using VisualSentiment.Tests.Onnx.Export;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Onnx.Evidence;

public sealed class EvidenceOutputTests : IDisposable
{
    private const int Classes = 3;

    private readonly TemporaryFolder _folder = new();

    public EvidenceOutputTests()
    {
        LibTorchBackend.EnsureLoaded();
        random.manual_seed(11);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Networks whose head is linear, with the cells of their maps.</summary>
    private static readonly Dictionary<string, (Func<Module<Tensor, Tensor>> Create, int Height, int Width)> Linear = new()
    {
        ["the compact student"] = (() => Students.Compact.Create(Classes).Module, 7, 7),
        ["28 x 28 features, which 14 divides"] = (() => SmallNetworks.Plain(Classes), 14, 14),
        ["55 x 55 features, which 14 does not divide"] = (() => Pooled(Conv2d(3, 8, kernel_size: 7, stride: 4), ReLU()), 14, 14),
        ["fewer rows than columns"] = (() => Pooled(Conv2d(3, 8, kernel_size: (40, 9), stride: (40, 9)), ReLU()), 5, 14),
        ["a convolution as head"] = (() => Sequential(Conv2d(3, 8, kernel_size: 8, stride: 8), ReLU(), AdaptiveAvgPool2d(1), Conv2d(8, Classes, 1), Flatten()), 14, 14),
        ["two dense layers without activation"] = (() => Sequential(Conv2d(3, 8, kernel_size: 8, stride: 8), ReLU(), AdaptiveAvgPool2d(1), Flatten(),
            nn.Linear(8, 16), nn.Linear(16, Classes)), 14, 14),
        ["pooling by an operator of one's own"] = (() => Sequential(Conv2d(3, 8, kernel_size: 8, stride: 8), ReLU(), new GridMean(), nn.Linear(8, Classes)), 14, 14),
        ["a pooling inside that does not see everything"] = (() => Pooled(Conv2d(3, 8, kernel_size: 8, stride: 8), new Gate(), ReLU()), 14, 14),
    };

    public static TheoryData<string> LinearNames => [.. Linear.Keys];

    [Theory]
    [MemberData(nameof(LinearNames))]
    public void Mean_of_a_map_of_a_linear_head_is_the_logit(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Linear[name].Create();
        ExportedNetwork.RandomizeNormalizations(network);
        byte[] model = ExportedNetwork.Export(network, Classes);

        AssertMeansAreLogits(model, Linear[name].Height, Linear[name].Width, 1e-4f);
    }

    [Fact]
    public void Mean_of_a_map_of_an_8_bit_student_is_the_logit()
    {
        using var scope = NewDisposeScope();
        using var images = SketchedPixels.Keep(6);
        using var network = Students.Compact.Create(Classes).Module;
        ExportedNetwork.RandomizeNormalizations(network);
        byte[] quantized = StudentQuantizer.Quantize(ExportedNetwork.Export(network, Classes), images, TestContext.Current.CancellationToken);

        AssertMeansAreLogits(quantized, 7, 7, 1e-3f);
        Assert.Equal(quantized, EvidenceOutput.Remove(EvidenceOutput.Add(quantized)));
    }

    [Fact]
    public void A_cell_of_a_head_with_activations_is_the_head_of_its_mean_features()
    {
        using var scope = NewDisposeScope();
        using var network = (TorchSharp.Modules.Sequential)PaperStudent.Create(Classes);
        byte[] pixels = SketchedPixels.Draw(3);
        var (_, _, grid) = Compute(ExportedNetwork.Export(network, Classes), pixels);

        using var noGradient = no_grad();
        var layers = network.named_children().ToDictionary(child => child.name, child => (Module<Tensor, Tensor>)child.module);
        Tensor features = ChannelsLast.Normalize(tensor(pixels).reshape(1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels), PixelNormalization.ImageNet);
        foreach (string layer in (string[])["conv1", "pool1", "relu1", "conv2", "relu2"])
            features = layers[layer].call(features);
        int side = (int)features.shape[3];
        Tensor weights = tensor(AreaWeights.Rows(side, 14), [14, side]);
        Tensor cells = matmul(matmul(weights, features), weights.t()).permute(0, 2, 3, 1).reshape(14 * 14, -1);
        float[] expected = layers["fc2"].call(layers["relu3"].call(layers["fc1"].call(cells))).t().contiguous().data<float>().ToArray();

        Assert.Equal((14, 14), (grid.Height, grid.Width));
        Assert.All(expected.Zip(grid.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void Weights_are_shared_and_taking_the_output_out_leaves_the_model_as_it_was()
    {
        using var scope = NewDisposeScope();
        byte[] model = ExportedNetwork.Export(PaperStudent.Create(Classes), Classes);

        byte[] with = EvidenceOutput.Add(model);

        Assert.Equal(model, EvidenceOutput.Remove(with));
        Assert.Same(model, EvidenceOutput.Remove(model));
        Assert.Same(with, EvidenceOutput.Add(with));
        // Two matrices of 53 x 14 and the nodes; the head alone has 270,000 bytes.
        Assert.InRange(with.Length - model.Length, 1, 2 * 53 * 14 * sizeof(float) + 3000);
        var output = ModelProto.Parser.ParseFrom(with).Graph.Output.Single(o => o.Name == "evidence").Type.TensorType.Shape.Dim;
        Assert.Equal("N", output[0].DimParam);
        Assert.Equal([Classes, 14, 14], output.Skip(1).Select(d => d.DimValue));
    }

    [Fact]
    public void Prediction_does_not_compute_the_evidence()
    {
        using var scope = NewDisposeScope();
        byte[] with = EvidenceOutput.Add(ExportedNetwork.Export(SmallNetworks.Plain(Classes), Classes));
        using var classifier = new OnnxClassifier(with, "test");

        Assert.Equal(["Score", "logits"], classifier.Outputs);
        Assert.DoesNotContain(Executed(EvidenceOutput.Remove(with)), node => node.Contains("evidence", StringComparison.Ordinal));
        // The reason for a session of its own: ONNX Runtime computes outputs that nobody asks for.
        Assert.Contains(Executed(with), node => node.Contains("evidence", StringComparison.Ordinal));
    }

    [Fact]
    public void Images_of_a_batch_have_maps_of_their_own()
    {
        using var scope = NewDisposeScope();
        byte[] model = EvidenceOutput.Add(ExportedNetwork.Export(SmallNetworks.Plain(Classes), Classes));
        byte[] one = SketchedPixels.Draw(1), two = SketchedPixels.Draw(2);

        float[] both = Evidence(model, [.. one, .. two], 2);

        Assert.All(both.Zip(Evidence(model, one, 1).Concat(Evidence(model, two, 1))), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void A_network_that_ends_otherwise_is_rejected_with_the_way_out()
    {
        using var scope = NewDisposeScope();
        Module<Tensor, Tensor>[] others =
        [
            Sequential(AvgPool2d(32), Flatten(), nn.Linear(147, Classes)),
            Sequential(Conv2d(3, 8, kernel_size: 224), AdaptiveAvgPool2d(1), Flatten(), nn.Linear(8, Classes)),
        ];
        foreach (var network in others)
        {
            var error = Assert.Throws<NotSupportedException>(() => EvidenceOutput.Add(ExportedNetwork.Export(network, Classes)));
            Assert.Contains("AdaptiveAvgPool2d(1)", error.Message, StringComparison.Ordinal);
        }
    }

    private static void AssertMeansAreLogits(byte[] model, int height, int width, float tolerance)
    {
        var (scores, logits, grid) = Compute(model, SketchedPixels.Draw(4));

        Assert.Equal((height, width), (grid.Height, grid.Width));
        for (int i = 0; i < Classes; i++)
        {
            float[] map = grid.Of(i).ToArray();
            Assert.Equal(logits[i], map.Average(), tolerance * Math.Max(1, map.Max(MathF.Abs)));
            Assert.True(map.Max() - map.Min() > 1e-4f, "the map says the same everywhere");
        }
        float[] expected = new float[Classes];
        using var classifier = new OnnxClassifier(model, "test");
        classifier.Score(SketchedPixels.Draw(4), 1, expected);
        Assert.All(expected.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private static (float[] Scores, float[] Logits, EvidenceGrid Grid) Compute(byte[] model, byte[] pixels)
    {
        using var classifier = new OnnxClassifier(model, "test");
        float[] scores = new float[Classes], logits = new float[Classes];
        classifier.Logits(pixels, 1, logits);
        return (scores, logits, classifier.Explain(pixels, scores));
    }

    private static float[] Evidence(byte[] model, byte[] pixels, int count)
    {
        using var session = new InferenceSession(model);
        using var options = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [count, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);
        using var results = session.Run(options, [ModelNames.Pixels], [input], [ModelNames.Evidence]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>The nodes that ONNX Runtime computes for the probabilities.</summary>
    private string[] Executed(byte[] model)
    {
        string profile;
        using (var options = new SessionOptions { EnableProfiling = true, ProfileOutputPathPrefix = _folder["profile"] })
        using (var session = new InferenceSession(model, options))
        using (var run = new RunOptions())
        using (var input = OrtValue.CreateTensorValueFromMemory(SketchedPixels.Draw(1), [1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]))
        {
            session.Run(run, [ModelNames.Pixels], [input], [ModelNames.Score]).Dispose();
            profile = session.EndProfiling();
        }
        string[] nodes = [.. JsonDocument.Parse(File.ReadAllBytes(profile)).RootElement.EnumerateArray()
            .Where(e => e.GetProperty("cat").GetString() == "Node").Select(e => e.GetProperty("name").GetString()!)];
        Assert.NotEmpty(nodes);
        return nodes;
    }

    private static TorchSharp.Modules.Sequential Pooled(params Module<Tensor, Tensor>[] layers) =>
        Sequential([.. layers, AdaptiveAvgPool2d(1), Flatten(), nn.Linear(8, Classes)]);

    private sealed class GridMean : Module<Tensor, Tensor>, IOnnxExportable
    {
        public GridMean() : base(nameof(GridMean)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input.mean([2, 3]);

        public string ExportOnnx(OnnxGraph graph, string input) =>
            graph.AddNode("ReduceMean", [input, graph.AddIntegers("axes", [-2, -1], 2)], ("keepdims", 0));
    }

    /// <summary>Scales its input by what it pools of it, as squeeze and excitation does.</summary>
    private sealed class Gate : Module<Tensor, Tensor>, IOnnxExportable
    {
        public Gate() : base(nameof(Gate)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input * input.mean([2, 3], keepdim: true).sigmoid();

        public string ExportOnnx(OnnxGraph graph, string input) =>
            graph.AddNode("Mul", [input, graph.AddNode("Sigmoid", [graph.AddNode("GlobalAveragePool", [input])])]);
    }
}
