using Microsoft.ML;
using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Predictions for one file after the other with a prediction engine over ML.NET's stock pipeline.</summary>
internal sealed class StockOneImageCompetitor : ICompetitor
{
    private const int WarmUps = 20;
    private readonly CompetitorSettings _settings;
    private readonly PredictionEngine<ImageRow, ScoredRow> _engine;
    private readonly ImageRow _row;

    public StockOneImageCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        var ml = new MLContext(seed: 1);
        _engine = ml.Model.CreatePredictionEngine<ImageRow, ScoredRow>(StockPipelineCompetitor.Create(ml, settings.StudentPath));
        _row = new ImageRow { ImagePath = ImageList.Find(settings.Photographs)[0] };
        Stopwatches.MeasureEach(settings.WarmUp ? WarmUps : 0, () => _engine.Predict(_row));
    }

    public Measurement Run() => Stopwatches.MeasureEach(_settings.Rounds, () => _engine.Predict(_row));

    public void Dispose() => _engine.Dispose();
}
