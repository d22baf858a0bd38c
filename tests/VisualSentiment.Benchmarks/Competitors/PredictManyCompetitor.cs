using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Predictions for many files with <c>SentimentDetector.PredictMany</c>.</summary>
internal sealed class PredictManyCompetitor : ICompetitor
{
    private readonly CompetitorSettings _settings;
    private readonly SentimentDetector _detector;

    public PredictManyCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        _detector = SentimentDetector.Load(settings.StudentPath);
        if (settings.WarmUp)
            Predict(settings.Images);
    }

    public Measurement Run() => Stopwatches.Measure(_settings.Images, () => Predict(_settings.Images));

    public void Dispose() => _detector.Dispose();

    private void Predict(int count) => ThrowIfUnread(_detector.PredictMany(ImageList.Take(_settings.Photographs, count)), count);

    /// <exception cref="InvalidOperationException">An image could not be read, or a result is missing.</exception>
    public static void ThrowIfUnread(IEnumerable<ImageResult> results, int images)
    {
        int read = results.Count(result => result.IsPredicted);
        if (read != images)
            throw new InvalidOperationException($"{images - read} of {images} images could not be read.");
    }
}
