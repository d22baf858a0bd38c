using SkiaSharp;
using TorchSharp;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>
/// The distillation loop of a textbook: for every batch of every epoch, decode the images, compute the teacher's outputs (ResNet-50,
/// evaluation mode, no gradients) and train the student for one step, all in [N, C, H, W].
/// </summary>
internal sealed class TextbookDistillationCompetitor : ICompetitor
{
    private const int Size = 224;
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviation = [0.229f, 0.224f, 0.225f];

    private readonly CompetitorSettings _settings;
    private readonly TextbookStudent _student;
    private readonly ResNet50 _teacher;
    private readonly Device _device;

    public TextbookDistillationCompetitor(CompetitorSettings settings)
    {
        _device = device(PlainTorch.Load());
        _settings = settings;
        _student = new TextbookStudent(TrainingRows.Classes, _device);
        _teacher = new ResNet50(TrainingRows.Classes);
        _teacher.to(_device);
        _teacher.eval();
        Train([.. ImageList.Take(settings.Photographs, settings.Batch)]);
    }

    /// <summary>One epoch.</summary>
    public Measurement Run() => Stopwatches.Measure(1, () =>
    {
        foreach (string[] files in ImageList.Take(_settings.Photographs, _settings.Images).Chunk(_settings.Batch))
            Train(files);
    });

    public void Dispose()
    {
        _student.Dispose();
        _teacher.Dispose();
    }

    private void Train(string[] files)
    {
        using var scope = NewDisposeScope();
        Tensor images = Load(files), logits;
        using (no_grad())
            logits = _teacher.call(images);
        _student.Step(images, logits);
    }

    private Tensor Load(string[] files)
    {
        float[] values = new float[files.Length * 3 * Size * Size];
        for (int n = 0; n < files.Length; n++)
        {
            using SKBitmap image = SKBitmap.Decode(files[n]);
            using SKBitmap resized = image.Resize(new SKImageInfo(Size, Size, SKColorType.Rgba8888, SKAlphaType.Opaque), SKFilterQuality.Medium);
            ReadOnlySpan<byte> pixels = resized.GetPixelSpan();
            for (int channel = 0; channel < 3; channel++)
                for (int i = 0; i < Size * Size; i++)
                    values[(n * 3 + channel) * Size * Size + i] = (pixels[4 * i + channel] / 255f - Mean[channel]) / Deviation[channel];
        }
        return tensor(values, [files.Length, 3, Size, Size], device: _device);
    }
}
