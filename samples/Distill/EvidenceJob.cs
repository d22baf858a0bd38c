using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment;

namespace Distill;

/// <summary>Overlays that show where the student sees which mood.</summary>
internal sealed class EvidenceJob(DistillSettings settings)
{
    private const int TestPictures = 8;
    private static readonly (string Left, string Right) TwoMoods = ("anger", "contentment");

    private readonly string _folder = Path.Combine(settings.Output, "evidence");

    /// <summary>Overlays of some test pictures, or, where pictures are painted, of one in two moods.</summary>
    public void Run(IDataView test)
    {
        Directory.CreateDirectory(_folder);
        using SentimentDetector detector = SentimentDetector.Load(Path.Combine(settings.Output, "sentiment.onnx"));
        if (settings.Data is null)
        {
            string picture = Path.Combine(_folder, "two-moods.jpg");
            MoodPainter.PaintTwo(picture, TwoMoods.Left, TwoMoods.Right, settings.Seed);
            EvidenceMap map = detector.Explain(picture);
            foreach (string mood in (string[])[TwoMoods.Left, TwoMoods.Right])
                map.SaveOverlay(Path.Combine(_folder, $"two-moods.{mood}.png"), mood);
            return;
        }
        foreach (var (i, picture) in test.GetColumn<string>("ImagePath").Take(TestPictures).Index())
        {
            EvidenceMap map = detector.Explain(picture);
            map.SaveOverlay(Path.Combine(_folder, $"{i + 1:00}.png"));
        }
    }
}
