using BenchmarkDotNet.Attributes;
using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Imaging;

namespace VisualSentiment.Benchmarks.Micro;

/// <summary>A student in ONNX Runtime alone, on one thread, with pixels in memory.</summary>
public class Inference
{
    private OneTensor? _tensor;

    [Params(StudentFiles.Paper, StudentFiles.Compact)]
    public string Student { get; set; } = "";

    [Params(false, true)]
    public bool EightBit { get; set; }

    [GlobalSetup]
    public void Load()
    {
        byte[] pixels = new byte[PixelFormat.ByteCount];
        new PixelPreprocessor(ImageFit.Fill).Read(MicroFiles.Current.Image, pixels);
        byte[] model = File.ReadAllBytes(MicroFiles.Current.StudentPath(EightBit ? StudentFiles.EightBit(Student) : Student));
        _tensor = new OneTensor(model, pixels, [1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);
    }

    [GlobalCleanup]
    public void Free() => _tensor?.Dispose();

    [Benchmark]
    public float[] Infer() => _tensor!.Run();
}
