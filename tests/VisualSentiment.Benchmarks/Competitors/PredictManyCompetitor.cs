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
            Predict(settings.Pictures);
    }

    public Measurement Run() => Stopwatches.Measure(_settings.Pictures, () => Predict(_settings.Pictures));

    public void Dispose() => _detector.Dispose();

    private void Predict(int count) => ThrowIfUnread(_detector.PredictMany(PictureList.Take(_settings.Photographs, count)), count);

    /// <exception cref="InvalidOperationException">A picture was not read, or there are not as many results as pictures.</exception>
    public static void ThrowIfUnread(IEnumerable<PictureResult> results, int pictures)
    {
        int read = results.Count(result => result.IsPredicted);
        if (read != pictures)
            throw new InvalidOperationException($"{pictures - read} of {pictures} pictures could not be read.");
    }
}
