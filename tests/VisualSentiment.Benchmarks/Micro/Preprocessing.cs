using BenchmarkDotNet.Attributes;
using VisualSentiment.Imaging;

namespace VisualSentiment.Benchmarks.Micro;

/// <summary>A JPEG of 640 x 480 in memory to the pixels that a model sees.</summary>
public class Preprocessing
{
    private readonly PixelPreprocessor _preprocessor = new(ImageFit.Fill);
    private readonly byte[] _pixels = new byte[PixelFormat.ByteCount];
    private byte[] _encoded = [];

    [GlobalSetup]
    public void ReadImage() => _encoded = File.ReadAllBytes(MicroFiles.Current.Image);

    [Benchmark]
    public void DecodeAndResize() => _preprocessor.Read(_encoded, _pixels, "image");
}
