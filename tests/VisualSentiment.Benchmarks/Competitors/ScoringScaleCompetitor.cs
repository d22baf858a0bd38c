using VisualSentiment.Benchmarks.Pictures;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Scores a folder of linked pictures once, from the first call on.</summary>
internal sealed class ScoringScaleCompetitor(CompetitorSettings settings) : ICompetitor
{
    private readonly SentimentDetector _detector = SentimentDetector.Load(settings.StudentPath);

    public Measurement Run() => Stopwatches.Measure(settings.Pictures, () => PredictManyCompetitor.ThrowIfUnread(
        _detector.PredictMany(Enumerable.Range(0, settings.Pictures).Select(i => RepeatedPictures.PathOf(settings.Photographs, i))), settings.Pictures));

    public void Dispose() => _detector.Dispose();
}
