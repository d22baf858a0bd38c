using VisualSentiment.Benchmarks.Pictures;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Scores a folder of linked pictures, whose paths are made as they are asked for.</summary>
internal sealed class ScoringScaleCompetitor : ICompetitor
{
    private readonly CompetitorSettings _settings;
    private readonly SentimentDetector _detector;

    public ScoringScaleCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        _detector = SentimentDetector.Load(settings.StudentPath);
        SettledHeap.Reach(() => Score(PictureList.Take(settings.WarmUpPhotographs, settings.WarmUpPictures), settings.WarmUpPictures));
    }

    public Measurement Run() => Stopwatches.Measure(_settings.Pictures, () => Score(RepeatedPictures.Paths(_settings.Photographs, _settings.Pictures), _settings.Pictures));

    public void Dispose() => _detector.Dispose();

    private void Score(IEnumerable<string> paths, int count) => PredictManyCompetitor.ThrowIfUnread(_detector.PredictMany(paths), count);
}
