using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment;

namespace Distill;

/// <summary>Overlays that show which regions a prediction depends on.</summary>
internal sealed class EvidenceJob(DistillSettings settings)
{
    private const int TestImages = 8;
    private static readonly (string Left, string Right) TwoMoods = ("anger", "contentment");

    private readonly string _folder = Path.Combine(settings.Output, "evidence");

    /// <summary>Writes overlays of some test images or, for painted images, of an image in two moods.</summary>
    public void Run(IDataView test)
    {
        Directory.CreateDirectory(_folder);
        using SentimentDetector detector = SentimentDetector.Load(Path.Combine(settings.Output, "sentiment.onnx"));
        if (settings.Data is null)
        {
            string image = Path.Combine(_folder, "two-moods.jpg");
            MoodPainter.PaintTwo(image, TwoMoods.Left, TwoMoods.Right, settings.Seed);
            EvidenceMap map = detector.Explain(image);
            foreach (string mood in (string[])[TwoMoods.Left, TwoMoods.Right])
                map.SaveOverlay(Path.Combine(_folder, $"two-moods.{mood}.png"), mood);
            return;
        }
        foreach (var (i, image) in test.GetColumn<string>("ImagePath").Take(TestImages).Index())
        {
            EvidenceMap map = detector.Explain(image);
            map.SaveOverlay(Path.Combine(_folder, $"{i + 1:00}.png"));
        }
    }
}
