using VisualSentiment.Benchmarks.Pictures;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>The library's way for many files: <c>SentimentDetector.PredictMany</c>.</summary>
internal sealed class PredictManyCompetitor : ICompetitor
{
    private readonly CompetitorSettings _settings;
    private readonly SentimentDetector _detector;

    public PredictManyCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        _detector = SentimentDetector.Load(settings.StudentPath);
        if (settings.WarmUp)
            Predict(Math.Min(settings.Pictures, 50));
    }

    public Measurement Run() => Stopwatches.Measure(_settings.Pictures, () => Predict(_settings.Pictures));

    public void Dispose() => _detector.Dispose();

    private void Predict(int count)
    {
        Parallel.ForEach(PictureList.Take(_settings.Photographs, count), file => _detector.Predict(file));
    }
}
