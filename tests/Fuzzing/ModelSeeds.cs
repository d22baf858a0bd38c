using System.IO.Compression;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Onnx.Export;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Weights;
using static TorchSharp.torch;

namespace VisualSentiment.Fuzzing;

/// <summary>Small valid models and weight files.</summary>
internal static class ModelSeeds
{
    private static readonly string[] Classes = ["anger", "awe", "joy"];

    /// <summary>A student without convolutions, and one with convolutions.</summary>
    public static IReadOnlyList<byte[]> Onnx()
    {
        LibTorchBackend.EnsureLoaded();
        return
        [
            Export(nn.Sequential(
                ("pool", nn.AvgPool2d(32)), ("flatten", nn.Flatten()), ("fc", nn.Linear(147, Classes.Length)))),
            Export(Convolutions()),
        ];
    }

    public static IReadOnlyList<byte[]> Zip() => [.. Onnx().SelectMany(Save)];

    public static IReadOnlyList<byte[]> Safetensors()
    {
        string folder = Directory.CreateTempSubdirectory("visualsentiment-fuzz-").FullName;
        string path = Path.Combine(folder, "seed.safetensors");
        LibTorchBackend.EnsureLoaded();
        try
        {
            using (var scope = NewDisposeScope())
            {
                nn.Module<Tensor, Tensor> network = Fill(nn.Sequential(
                    ("conv", nn.Conv2d(3, 4, kernel_size: 3)), ("bn", nn.BatchNorm2d(4)), ("fc", nn.Linear(4, 3))));
                StudentWeights.Of(network, new HashSet<string>(), features: null).Write(path, "small");
            }
            byte[] student = File.ReadAllBytes(path);
            Half[] numbers = [(Half)1, (Half)(-2), (Half)3, (Half)0.5f];
            SafetensorsWriter.Write(path, new Dictionary<string, StoredTensor>
            {
                ["a"] = new(SafetensorsType.F16, [2, 2], MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray()),
                ["b"] = new(SafetensorsType.BF16, [4], new byte[8]),
                ["empty"] = new(SafetensorsType.F32, [0, 3], []),
                ["n"] = new(SafetensorsType.I64, [], new byte[8]),
            }, new Dictionary<string, string> { ["format"] = "pt" });
            return [student, File.ReadAllBytes(path)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static nn.Module<Tensor, Tensor> Convolutions() => nn.Sequential(
        ("conv1", nn.Conv2d(3, 32, kernel_size: 4, stride: 8)), ("relu1", nn.ReLU()),
        ("conv2", nn.Conv2d(32, 32, kernel_size: 3)), ("relu2", nn.ReLU()),
        ("pool", nn.AdaptiveAvgPool2d(1)), ("flatten", nn.Flatten()), ("fc", nn.Linear(32, Classes.Length)));

    private static byte[] Export(nn.Module<Tensor, Tensor> network)
    {
        using (network)
            return OnnxExporter.Export(Fill(network), new OnnxModelInfo { Classes = Classes, Teacher = "ResNet-50" });
    }

    private static nn.Module<Tensor, Tensor> Fill(nn.Module<Tensor, Tensor> network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(7);
        foreach (var (_, parameter) in network.named_parameters())
            parameter.copy_(randn(parameter.shape, generator: generator));
        return network;
    }

    // ML.NET writes the time into each entry, and parts of the key map in the order in which its threads end. Rewritten without times
    // and without that map, which prediction does not read, the file is the same every time.
    private static IEnumerable<byte[]> Save(byte[] onnx)
    {
        var ml = new MLContext(seed: 1);
        using var student = new SentimentTransformer(onnx, "ImagePath", TextDataViewType.Instance);
        using var saved = new MemoryStream();
        ml.Model.Save(student, ml.Data.LoadFromEnumerable<PathRow>([]).Schema, saved);
        List<(string Name, byte[])> entries = ZipStructure.TryRead(saved.ToArray())!;
        entries.RemoveAll(entry => entry.Name.EndsWith(".idv", StringComparison.Ordinal));
        CompressionLevel[] levels = [CompressionLevel.Fastest, CompressionLevel.NoCompression];
        return levels.Select(level => ZipStructure.Write(entries, level));
    }

    private sealed class PathRow
    {
        public string ImagePath { get; set; } = "";
    }
}
