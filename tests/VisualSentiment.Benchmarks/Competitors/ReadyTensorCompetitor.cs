using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Imaging;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>ONNX Runtime alone, on one thread, with pixels in memory.</summary>
internal sealed class ReadyTensorCompetitor : ICompetitor
{
    private readonly CompetitorSettings _settings;
    private readonly OneTensor _tensor;

    public ReadyTensorCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        byte[] pixels = new byte[settings.Batch * PixelFormat.ByteCount];
        var preprocessor = new PixelPreprocessor(ImageFit.Fill);
        foreach (var (i, file) in ImageList.Take(settings.Photographs, settings.Batch).Index())
            preprocessor.Read(file, pixels.AsSpan(i * PixelFormat.ByteCount, PixelFormat.ByteCount));
        _tensor = new OneTensor(File.ReadAllBytes(settings.StudentPath), pixels, [settings.Batch, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels]);
        Infer(Math.Min(settings.Rounds, 10));
    }

    public Measurement Run() => Stopwatches.Measure(_settings.Rounds * _settings.Batch, () => Infer(_settings.Rounds));

    public void Dispose() => _tensor.Dispose();

    private void Infer(int times)
    {
        for (int i = 0; i < times; i++)
            _tensor.Run();
    }
}
