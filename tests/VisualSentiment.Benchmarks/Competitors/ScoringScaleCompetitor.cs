using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Scores a folder of linked images. The paths are not kept in memory.</summary>
internal sealed class ScoringScaleCompetitor : ICompetitor
{
    private readonly CompetitorSettings _settings;
    private readonly SentimentDetector _detector;

    public ScoringScaleCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        _detector = SentimentDetector.Load(settings.StudentPath);
        SettledHeap.Reach(() => Score(ImageList.Take(settings.WarmUpPhotographs, settings.WarmUpImages), settings.WarmUpImages));
    }

    public Measurement Run() => Stopwatches.Measure(_settings.Images, () => Score(RepeatedImages.Paths(_settings.Photographs, _settings.Images), _settings.Images));

    public void Dispose() => _detector.Dispose();

    private void Score(IEnumerable<string> paths, int count) => PredictManyCompetitor.ThrowIfUnread(_detector.PredictMany(paths), count);
}
