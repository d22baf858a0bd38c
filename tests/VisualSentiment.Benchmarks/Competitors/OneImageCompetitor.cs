using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Predictions for one file after the other, as in an app that predicts one image at a time.</summary>
internal sealed class OneImageCompetitor : ICompetitor
{
    private const int WarmUps = 200;
    private readonly CompetitorSettings _settings;
    private readonly SentimentDetector _detector;
    private readonly string _file;

    public OneImageCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        _detector = SentimentDetector.Load(settings.StudentPath);
        _file = ImageList.Find(settings.Photographs)[0];
        Stopwatches.MeasureEach(WarmUps, () => _detector.Predict(_file));
    }

    public Measurement Run() => Stopwatches.MeasureEach(_settings.Rounds, () => _detector.Predict(_file));

    public void Dispose() => _detector.Dispose();
}
