using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using VisualSentiment.Common;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Teaching;
using VisualSentiment.Tests.Support;
using VisualSentiment.Training;

namespace VisualSentiment.Tests.Teaching;

public sealed class ResNet18Tests : IDisposable
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "DnnImageModels");

    private readonly Microsoft.ML.Runtime.IChannel _log = CatalogEnvironment.Of(new MLContext(seed: 1).Data).Start("test");
    private readonly TrainingRun _run;

    public ResNet18Tests() => _run = new TrainingRun(_log, null, Seed: 1, default);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void The_features_are_those_of_the_two_graphs_of_the_package()
    {
        byte[] pixels = SketchedPixels();
        var image = new DenseTensor<float>([1, 3, PixelFormat.Height, PixelFormat.Width]);
        for (int i = 0; i < pixels.Length; i++)
            image[0, i % 3, i / 3 / PixelFormat.Width, i / 3 % PixelFormat.Width] = pixels[i];
        using var preprocessing = new InferenceSession(Path.Combine(Folder, "ResNetPrepOnnx", "ResNetPreprocess.onnx"));
        using var network = new InferenceSession(Path.Combine(Folder, "ResNet18Onnx", "ResNet18.onnx"));
        using var prepared = preprocessing.Run([NamedOnnxValue.CreateFromTensor("OriginalInput", image)]);
        using var expected = network.Run([NamedOnnxValue.CreateFromTensor("Input247", prepared[0].AsTensor<float>())]);

        using CachedBackbone backbone = Teachers.ResNet18().OpenFeatures(_run, [7, 14]);
        float[] features = new float[backbone.Width];
        backbone.Embed(pixels, features);

        Assert.Equal(512, backbone.EmbeddingWidth);
        Assert.Equal([(512, 7), (256, 14)], backbone.Maps.Select(map => (map.Channels, map.Side)));
        Assert.Equal(expected[0].AsEnumerable<float>(), features[..512], (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.True(features.AsSpan(512).ContainsAnyInRange(0.1f, 100));
        Assert.InRange(backbone.Parameters, 15_900_000, 15_920_000);
    }

    [Fact]
    public void The_fixed_batch_of_the_file_is_lifted()
    {
        BackboneGraph graph = BackboneGraph.Open(new BackboneFile(
            Path.Combine(Folder, "ResNet18Onnx", "ResNet18.onnx"), PixelNormalization.ImageNet));
        using var session = new InferenceSession(Google.Protobuf.MessageExtensions.ToByteArray(graph.Model));
        byte[] pixels = SketchedPixels();
        var two = new DenseTensor<byte>((byte[])[.. pixels, .. pixels],
            [2, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);

        using var results = session.Run([NamedOnnxValue.CreateFromTensor(BackboneGraph.PixelInput, two)]);

        float[] values = [.. results[0].AsEnumerable<float>()];
        Assert.Equal(1024, values.Length);
        Assert.Equal(values[..512], values[512..], (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void A_missing_package_is_reported_with_the_command_that_adds_it()
    {
        var teacher = new OnnxBackboneTeacher("ResNet-18",
            [new BackboneFile("missing.onnx", PixelNormalization.ImageNet, Package: "Some.Package")], new());

        string error = Assert.Single(teacher.FindErrors());

        Assert.Contains("'missing.onnx'", error, StringComparison.Ordinal);
        Assert.Contains("dotnet add package Some.Package", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Concatenated_backbones_have_both_embeddings_and_the_maps_of_the_first()
    {
        using var folder = new TemporaryFolder();
        TinyBackbone.Write(folder["small.onnx"]);
        TrainableTeacher small = Teachers.Onnx(folder["small.onnx"], PixelNormalization.ZeroToOne);
        byte[] pixels = SketchedPixels();
        using CachedBackbone first = Teachers.ResNet18().OpenFeatures(_run, [7]);
        using CachedBackbone second = small.OpenFeatures(_run, []);
        using CachedBackbone both = Teachers.Concatenate(Teachers.ResNet18(), small).OpenFeatures(_run, [7]);

        float[] one = new float[first.Width], two = new float[second.Width], all = new float[both.Width];
        first.Embed(pixels, one);
        second.Embed(pixels, two);
        both.Embed(pixels, all);

        Assert.Equal(512 + second.Width, both.EmbeddingWidth);
        Assert.Equal([.. one[..512], .. two, .. one[512..]], all);
    }

    [Fact]
    public void Only_backbones_can_be_concatenated()
    {
        Assert.Throws<ArgumentException>(() => Teachers.Concatenate());
        var failure = Assert.Throws<ArgumentException>(() => Teachers.Concatenate(Teachers.ResNet50()));
        Assert.Contains("ResNet-50", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static byte[] SketchedPixels()
    {
        byte[] pixels = new byte[PixelFormat.ByteCount];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(128 + 100 * Math.Sin(i / 3 % PixelFormat.Width * 0.1 + i % 3) * Math.Cos(i / 900.0));
        return pixels;
    }
}
