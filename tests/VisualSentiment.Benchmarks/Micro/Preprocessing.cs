using BenchmarkDotNet.Attributes;
using VisualSentiment.Imaging;

namespace VisualSentiment.Benchmarks.Micro;

/// <summary>Decodes and resizes a JPEG of 640 x 480 in memory.</summary>
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
