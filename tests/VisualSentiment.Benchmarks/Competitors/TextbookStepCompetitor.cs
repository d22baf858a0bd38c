using TorchSharp;
using static TorchSharp.torch;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Textbook training steps of the paper's student on a batch of normalized floats in the memory of the device.</summary>
internal sealed class TextbookStepCompetitor : ICompetitor
{
    private const int WarmUps = 3;
    private readonly CompetitorSettings _settings;
    private readonly TextbookStudent _student;
    private readonly Tensor _images;
    private readonly Tensor _logits;

    public TextbookStepCompetitor(CompetitorSettings settings)
    {
        var device = torch.device(PlainTorch.Load());
        _settings = settings;
        _student = new TextbookStudent(TrainingRows.Classes, device);
        _images = randn(settings.Batch, 3, 224, 224, device: device);
        _logits = randn(settings.Batch, TrainingRows.Classes, device: device);
        Stopwatches.MeasureEach(WarmUps, Step);
    }

    public Measurement Run() => Stopwatches.MeasureEach(_settings.Rounds, Step);

    public void Dispose()
    {
        _student.Dispose();
        _images.Dispose();
        _logits.Dispose();
    }

    private void Step() => _student.Step(_images, _logits);
}
