using BenchmarkDotNet.Attributes;
using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Micro;

/// <summary>A prediction for a JPEG of 640 x 480 in memory.</summary>
public class OneImage
{
    private SentimentDetector? _detector;
    private byte[] _encoded = [];

    [Params(StudentFiles.Paper, StudentFiles.Compact)]
    public string Student { get; set; } = "";

    [GlobalSetup]
    public void Load()
    {
        _encoded = File.ReadAllBytes(MicroFiles.Current.Image);
        _detector = SentimentDetector.Load(MicroFiles.Current.StudentPath(Student));
    }

    [GlobalCleanup]
    public void Free() => _detector?.Dispose();

    [Benchmark]
    public SentimentPrediction Predict() => _detector!.Predict(_encoded);
}
