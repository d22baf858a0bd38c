using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Networks.Cutting;
using VisualSentiment.Onnx;
using VisualSentiment.Onnx.Proto;
using VisualSentiment.Tests.Support;
using static TorchSharp.torch;

namespace VisualSentiment.Tests.Networks;

public sealed class CutStudentTests : IDisposable
{
    private const string Cut = "sum";

    // 216 + 8, 8 x 9 + 8, 8 x 8 + 8: the three convolutions before the sum.
    private const int ParametersToTheSum = 224 + 80 + 72;

    private readonly TemporaryFolder _folder = new();
    private readonly string _backbone;

    public CutStudentTests()
    {
        LibTorchBackend.EnsureLoaded();
        _backbone = _folder["backbone.onnx"];
        WriteBackbone(_backbone);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_layers_compute_what_they_compute_in_the_backbone()
    {
        using var scope = NewDisposeScope();
        BackboneLayers layers = BackboneLayers.Read(_backbone, ParametersToTheSum);
        using var network = OwnedNetwork.Create(() => new CutNetwork(layers.Layers, side: 224, trainedSide: 224));
        Tensor pixels = rand(1, 3, 224, 224, generator: new Generator(3));

        Tensor ours = network.Module.call(pixels);

        using var session = new InferenceSession(_backbone);
        using var input = OrtValue.CreateTensorValueFromMemory(pixels.data<float>().ToArray(), [1, 3, 224, 224]);
        using var run = new RunOptions();
        using var theirs = session.Run(run, ["image"], [input], [Cut]);
        Assert.Equal(theirs[0].GetTensorTypeAndShape().Shape, ours.shape);
        Assert.Equal(theirs[0].GetTensorDataAsSpan<float>().ToArray(), ours.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-4f);
    }

    [Theory]
    [InlineData(ParametersToTheSum, ParametersToTheSum, 6)]
    [InlineData(ParametersToTheSum - 1, 224, 2)] // the shortcut spans the layers after these
    public void The_cut_is_where_one_map_is_all_that_the_rest_needs(int most, int parameters, int layers)
    {
        BackboneLayers cut = BackboneLayers.Read(_backbone, most);

        Assert.Equal(parameters, cut.Parameters);
        Assert.Equal(layers, cut.Layers.Count(layer => layer is ConvolutionLayer or RectifierLayer or SumLayer));
    }

    [Fact]
    public void Convolutions_on_large_maps_are_not_trained()
    {
        Student student = Students.CutFrom(_backbone, new() { MostParameters = ParametersToTheSum, Reduction = 1, TrainedSide = 111 });
        using var network = student.Create(classes: 4);

        // The first map has 112 pixels, and pooling leaves 56.
        Assert.Equal(["layers.convolutions.1.bias", "layers.convolutions.1.weight", "layers.convolutions.2.bias", "layers.convolutions.2.weight", "fc.bias", "fc.weight"],
            network.Module.named_parameters().Where(entry => entry.parameter.requires_grad).Select(entry => entry.name).OrderBy(name => (name.StartsWith('f'), name)));
        Assert.True(SharedNetwork.IsSafe(network.Module));
    }

    [Fact]
    public void A_cut_student_is_distilled_saved_and_loaded()
    {
        using var pictures = new DrawnPictures(picturesPerClass: 6);
        var ml = new MLContext(seed: 3);
        IDataView data = pictures.Load(ml);

        using var model = ml.Transforms.DistillSentiment(new KnowledgeDistillationOptions
        {
            Teacher = SmallNetworks.Teacher(epochs: 8), Student = Students.CutFrom(_backbone), Epochs = 12, BatchSize = 8, LearningRate = 0.02, Temperature = 1,
        }).Fit(data);
        model.SaveAsOnnx(_folder["student.onnx"]);

        double accuracy = ml.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy;
        Assert.True(accuracy > 0.5, $"{accuracy:P0}");
        using var detector = SentimentDetector.Load(_folder["student.onnx"]);
        Assert.Equal(model.Classes.Count, detector.Predict(Directory.GetFiles(pictures.Folder, "*", SearchOption.AllDirectories)[0]).Scores.Count);
    }

    [Fact]
    public void Its_last_layer_can_begin_fitted()
    {
        using var pictures = new DrawnPictures(picturesPerClass: 6);
        var ml = new MLContext(seed: 3);
        // One epoch at far too low a rate to learn anything.
        double FirstLoss(bool fitted)
        {
            using var model = ml.Transforms.DistillSentiment(new KnowledgeDistillationOptions
            {
                Teacher = SmallNetworks.Teacher(epochs: 8), Student = Students.CutFrom(_backbone), LinearProbe = fitted, Epochs = 1, BatchSize = 8, LearningRate = 1e-9, Temperature = 1,
            }).Fit(pictures.Load(ml));
            return model.History[0].Loss;
        }

        double fitted = FirstLoss(true), random = FirstLoss(false);

        Assert.True(fitted < random, $"{fitted:0.000} fitted, {random:0.000} random");
    }

    [Fact]
    public void MobileNets_first_layers_fit_into_the_papers_parameters()
    {
        Student student = Students.CutFrom(SharedFolder.Require("weights/mobilenet_v2_imagenet.onnx"));

        using var network = student.Create(classes: 8);
        long parameters = network.Module.parameters().Sum(parameter => parameter.numel());
        Assert.InRange(parameters, 120_000, 145_800);
        Assert.InRange(student.CountMultiplyAdds(8), 30_000_000, 36_000_000);
        Assert.Contains("cut from mobilenet_v2_imagenet", student.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_cut_is_refused_with_the_way_out()
    {
        File.WriteAllBytes(_folder["none.onnx"], [1, 2, 3]);
        var graph = new OnnxGraph();
        string image = graph.AddInput("image", TensorProto.Types.DataType.Float, 3, 224, 224);
        graph.AddNamedNode("out", "GlobalAveragePool", [graph.AddNode("Tanh", [image])]);
        graph.AddOutput("out", TensorProto.Types.DataType.Float, 3, 1, 1);
        Write(graph, _folder["tanh.onnx"]);

        Assert.Contains("'Tanh' cannot be trained here", Refusal("tanh.onnx"), StringComparison.Ordinal);
        Assert.Contains("none.onnx", Refusal("none.onnx"), StringComparison.Ordinal);
        Assert.Contains("with the next convolution it has 224 parameters", Refusal("backbone.onnx", new() { MostParameters = 100 }), StringComparison.Ordinal);

        string Refusal(string file, StudentCutOptions? options = null) => Assert.Throws<InvalidModelException>(() => Students.CutFrom(_folder[file], options)).Message;
    }

    [Fact]
    public void All_mistakes_are_listed_together()
    {
        string message = Assert.Throws<ArgumentException>(() => Students.CutFrom(_backbone, new() { MostParameters = 0, Reduction = 3, TrainedSide = 0 })).Message;

        Assert.Contains("3 mistakes", message, StringComparison.Ordinal);
        Assert.Contains("Reduction is 3; it must be 1, 2, 4, 7 or 8", message, StringComparison.Ordinal);
    }

    // conv 3 x 3 with TensorFlow's padding, ReLU6, max pooling; a block with a shortcut; a convolution too many; the embedding.
    private static void WriteBackbone(string path)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(7);
        Tensor Random(params long[] shape) => randn(shape, generator: generator) * 0.3;
        var graph = new OnnxGraph();
        string x = graph.AddInput("image", TensorProto.Types.DataType.Float, 3, 224, 224);
        string Conv(string input, int inputs, int outputs, int kernel, long[] pads, long stride, long groups) => graph.AddNode("Conv",
            [input, graph.AddWeight("weight", Random(outputs, inputs / groups, kernel, kernel)), graph.AddWeight("bias", Random(outputs))],
            ("kernel_shape", new long[] { kernel, kernel }), ("strides", new[] { stride, stride }), ("pads", pads), ("group", groups));
        x = graph.AddNode("Pad", [x, graph.AddIntegers("pads", [0, 0, 0, 0, 0, 0, 1, 1], 8)]);
        x = Conv(x, 3, 8, 3, [0, 0, 0, 0], 2, 1);
        x = graph.AddNode("Clip", [x, graph.AddWeight("low", [0f]), graph.AddWeight("high", [6f])]);
        x = graph.AddNode("MaxPool", [x], ("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 0, 0, 1, 1 }));
        string inner = graph.AddNode("Relu", [Conv(x, 8, 8, 3, [1, 1, 1, 1], 1, 8)]);
        x = graph.AddNamedNode(Cut, "Add", [Conv(inner, 8, 8, 1, [0, 0, 0, 0], 1, 1), x]);
        graph.AddOutput(Cut, TensorProto.Types.DataType.Float, 8, 56, 56);
        x = Conv(x, 8, 32, 3, [1, 1, 1, 1], 2, 1);
        graph.AddNamedNode("embedding", "GlobalAveragePool", [x]);
        graph.AddOutput("embedding", TensorProto.Types.DataType.Float, 32, 1, 1);
        Write(graph, path);
    }

    private static void Write(OnnxGraph graph, string path)
    {
        graph.Proto.Name = "backbone";
        var model = new ModelProto { IrVersion = 8, Graph = graph.Proto };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        File.WriteAllBytes(path, model.ToByteArray());
    }
}
