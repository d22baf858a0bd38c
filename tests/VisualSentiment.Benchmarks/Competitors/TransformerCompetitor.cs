using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>The library's ML.NET transformer over a lazy data view.</summary>
internal sealed class TransformerCompetitor : ICompetitor
{
    private readonly CompetitorSettings _settings;
    private readonly MLContext _ml = new(seed: 1);
    private readonly SentimentTransformer _transformer;

    public TransformerCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        _transformer = new SentimentTransformer(File.ReadAllBytes(settings.StudentPath), nameof(ImageRow.ImagePath), TextDataViewType.Instance);
        Score(settings.Images);
    }

    public Measurement Run() => Stopwatches.Measure(_settings.Images, () => Score(_settings.Images));

    public void Dispose() => _transformer.Dispose();

    private void Score(int count)
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(ImageList.Take(_settings.Photographs, count).Select(file => new ImageRow { ImagePath = file }));
        int scored = _ml.Data.CreateEnumerable<ScoredRow>(_transformer.Transform(rows), reuseRowObject: true).Count(row => row.Score.Length > 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scored, count);
    }
}
