using Google.Protobuf;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Tests.Support;
using DataType = VisualSentiment.Onnx.Proto.TensorProto.Types.DataType;

namespace VisualSentiment.Tests.Onnx.Import;

public sealed class BackboneExporterTests : IDisposable
{
    private const int Images = 2;

    private static readonly OnnxModelInfo Info = new() { Classes = ["calm", "rage"], Fit = ImageFit.CenterCrop };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Exported_backbone_has_the_probabilities_of_backbone_and_head()
    {
        TinyBackbone.Write(_folder["tiny.onnx"]);

        AssertSameProbabilities(File("tiny.onnx"));
    }

    [Fact]
    public void Embeddings_of_several_backbones_are_concatenated()
    {
        TinyBackbone.Write(_folder["tiny.onnx"]);
        PooledBackbone.Write(_folder["pooled.onnx"]);

        AssertSameProbabilities(File("tiny.onnx"), File("pooled.onnx"), File("tiny.onnx"));
    }

    [Fact]
    public void Mobilenet_is_exported_without_its_classes()
    {
        string path = SharedFolder.Require("weights/mobilenet_v2_imagenet.onnx");

        byte[] model = AssertSameProbabilities(new BackboneFile(path, PixelNormalization.MinusOneToOne, "embedding"));

        GraphProto graph = ModelProto.Parser.ParseFrom(model).Graph;
        Assert.DoesNotContain(graph.Node, node => node.OpType is "Pad" or "Constant" or "ConstantOfShape" or "Reshape");
        Assert.InRange(model.Length, 8_000_000, 10_000_000);
    }

    [Fact]
    public void Nodes_of_old_operator_sets_are_rewritten()
    {
        Write("old.onnx", 8, graph =>
        {
            string value = Convolve(graph, "image");
            value = Normalize(graph, value, ("spatial", 1), ("momentum", 0.9f));
            value = graph.AddNode("Clip", [value], ("min", 0f), ("max", 6f));
            // A sum of two branches, of which one keeps its batch normalization.
            value = graph.AddNode("Add", [value, Normalize(graph, value, ("spatial", 1))]);
            value = graph.AddNode("Dropout", [value], ("ratio", 0.5f));
            value = graph.AddNode("AveragePool", [value], ("kernel_shape", new long[] { 224, 224 }));
            value = graph.AddNode("Unsqueeze", [value], ("axes", new long[] { 1 }));
            value = graph.AddNode("Squeeze", [value], ("axes", new long[] { 1, 3, 4 }));
            return graph.AddNode("ReduceMean", [graph.AddNode("Unsqueeze", [value], ("axes", new long[] { 2 }))],
                ("axes", new long[] { 2 }), ("keepdims", 0));
        }, size: 224);

        AssertSameProbabilities(File("old.onnx"));
    }

    [Fact]
    public void Average_over_the_whole_map_can_be_explained()
    {
        Write("average.onnx", 13, graph => graph.AddNode("AveragePool", [Convolve(graph, "image")],
            ("kernel_shape", new long[] { 32, 32 }), ("strides", new long[] { 1, 1 })));
        byte[] model = Export(File("average.onnx"));
        using var detector = SentimentDetector.Load(model);

        Assert.Equal("calm", detector.Explain(TestImage.Encode(1)).Prediction.Scores.Keys.First());
    }

    [Fact]
    public void Constants_that_the_file_computes_become_weights()
    {
        Write("computed.onnx", 13, graph =>
        {
            string zeros = graph.AddNamedNode("zeros", "ConstantOfShape", [graph.AddIntegers("four", [4], 1)],
                ("value", OnnxTensors.Create<long>("", DataType.Int64, [0], 1)));
            string pads = graph.AddNode("Concat", [zeros, graph.AddIntegers("ends", [0, 0, 1, 1], 4)], ("axis", 0));
            string value = Convolve(graph, graph.AddNode("Pad", ["image", pads]));
            return graph.AddNode("ReduceMean", [value], ("axes", new long[] { 2, 3 }), ("keepdims", 0));
        });

        AssertSameProbabilities(File("computed.onnx"));
    }

    [Theory]
    [InlineData("LSTM", "LSTM")]
    [InlineData("Hardmax", "Hardmax")]
    [InlineData("Softmax", "Softmax of operator set 12")]
    public void Unsupported_operators_are_named(string operation, string named)
    {
        Write("unsupported.onnx", 12, graph =>
        {
            string value = graph.AddNode("Flatten", [graph.AddNode("GlobalAveragePool", ["image"])]);
            if (operation != "LSTM")
                return graph.AddNamedNode("end", operation, [value]);
            graph.AddNamedNode("end", "LSTM",
                [
                    graph.AddNode("Unsqueeze", [value], ("axes", new long[] { 0 })),
                    graph.AddWeight("w", new float[8 * 3], 1, 8, 3), graph.AddWeight("r", new float[8 * 2], 1, 8, 2),
                ], ("hidden_size", 2));
            return graph.AddNode("Squeeze", ["end"], ("axes", new long[] { 0, 1 }));
        });

        var error = Assert.Throws<NotSupportedException>(() => Export(File("unsupported.onnx")));

        Assert.Contains($"has the operators {named}, which", error.Message, StringComparison.Ordinal);
        Assert.Contains("unsupported.onnx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fixed_batch_is_refused()
    {
        Write("one.onnx", 13, graph =>
            graph.AddNode("ReduceMean", ["image"], ("axes", new long[] { 2, 3 }), ("keepdims", 0)), batch: 1);

        var error = Assert.Throws<NotSupportedException>(() => Export(File("one.onnx")));

        Assert.Contains("a batch of one image", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backbone_that_is_too_large_to_load_is_refused()
    {
        Write("large.onnx", 13, graph => graph.AddNode("Gemm",
            [graph.AddNode("Flatten", ["image"]), graph.AddWeight("w", new float[3 * 32 * 32 * 10_000], 3 * 32 * 32, 10_000)]));

        var error = Assert.Throws<NotSupportedException>(() => Export(File("large.onnx"), features: 10_000));

        Assert.Contains("MB are allowed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_of_a_teacher_has_no_normalization()
    {
        TinyBackbone.Write(_folder["tiny.onnx"]);

        OnnxModelInfo info = OnnxModelInfo.Read(Export(File("tiny.onnx")), "teacher");

        Assert.Equal(Info.Classes, info.Classes);
        Assert.Equal(ImageFit.CenterCrop, info.Fit);
        Assert.NotNull(info.LibraryVersion);
    }

    private BackboneFile File(string name) => new(_folder[name], PixelNormalization.MinusOneToOne);

    private static byte[] Export(BackboneFile file, int features = 3) =>
        BackboneExporter.Export([file], new float[2 * features], [1, 0], Info);

    private static byte[] AssertSameProbabilities(params BackboneFile[] files)
    {
        var random = new Random(5);
        byte[] pixels = new byte[Images * PixelFormat.ByteCount];
        random.NextBytes(pixels);
        float[][] embeddings = [.. Enumerable.Range(0, Images).Select(i => files.SelectMany(file =>
        {
            using var backbone = OnnxBackbone.Load(file);
            return backbone.Embed(pixels.AsSpan(i * PixelFormat.ByteCount, PixelFormat.ByteCount));
        }).ToArray())];
        int size = embeddings[0].Length;
        float[] weights = [.. Enumerable.Range(0, 2 * size).Select(_ => random.NextSingle() - 0.5f)], bias = [0.2f, -0.3f];
        float[] expected = [.. embeddings.SelectMany(embedding =>
        {
            double[] logits = [.. bias.Select((b, c) =>
                b + embedding.Zip(weights.Skip(c * size), (x, w) => (double)x * w).Sum())];
            return logits.Select(logit => (float)(Math.Exp(logit) / logits.Sum(Math.Exp)));
        })];

        byte[] model = BackboneExporter.Export(files, weights, bias, Info);

        using var classifier = new OnnxClassifier(model, "teacher");
        float[] actual = new float[expected.Length];
        classifier.Score(pixels, Images, actual);
        Assert.Equal(expected, actual, (a, b) => Math.Abs(a - b) < 1e-5);
        return model;
    }

    private static string Convolve(OnnxGraph graph, string value)
    {
        var random = new Random(2);
        float[] kernel = [.. Enumerable.Range(0, 3 * 3 * 9).Select(_ => random.NextSingle() - 0.5f)];
        return graph.AddNode("Conv", [value, graph.AddWeight("kernel", kernel, 3, 3, 3, 3)], ("pads", new long[] { 1, 1, 1, 1 }));
    }

    private static string Normalize(OnnxGraph graph, string value, params (string, object)[] attributes) =>
        graph.AddNode("BatchNormalization",
            [
                value, graph.AddWeight("scale", [1, 2, 0.5f], 3), graph.AddWeight("shift", [0.1f, 0, -0.1f], 3),
                graph.AddWeight("mean", [0.3f, -0.2f, 0], 3), graph.AddWeight("variance", [1, 0.5f, 2], 3),
            ], attributes);

    /// <summary>Writes a network of images [batch, 3, size, size]; a batch of 0 is variable.</summary>
    private void Write(string name, int operatorSet, Func<OnnxGraph, string> add, int batch = 0, int size = 32)
    {
        var graph = new OnnxGraph();
        graph.AddInput("image", DataType.Float, 3, size, size);
        if (batch > 0)
            graph.Proto.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = batch };
        graph.Proto.Output.Add(new ValueInfoProto { Name = add(graph) });
        graph.Proto.Output[0].Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float },
        };
        graph.Proto.Name = "backbone";
        var model = new ModelProto { IrVersion = 3, Graph = graph.Proto };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = operatorSet });
        System.IO.File.WriteAllBytes(_folder[name], model.ToByteArray());
    }
}
