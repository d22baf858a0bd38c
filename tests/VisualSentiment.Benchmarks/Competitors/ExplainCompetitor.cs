using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Predictions with evidence maps, one file after the other.</summary>
internal sealed class ExplainCompetitor : ICompetitor
{
    private const int WarmUps = 200;
    private readonly CompetitorSettings _settings;
    private readonly SentimentDetector _detector;
    private readonly string _file;

    public ExplainCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        _detector = SentimentDetector.Load(settings.StudentPath);
        _file = ImageList.Find(settings.Photographs)[0];
        Stopwatches.MeasureEach(WarmUps, () => _detector.Explain(_file));
    }

    public Measurement Run() => Stopwatches.MeasureEach(_settings.Rounds, () => _detector.Explain(_file));

    public void Dispose() => _detector.Dispose();
}
