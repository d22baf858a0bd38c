using Microsoft.ML;
using Microsoft.ML.Runtime;
using VisualSentiment.Benchmarks.Pictures;
using VisualSentiment.Training;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Fills training's pixel store from a folder of linked pictures once.</summary>
internal sealed class PixelStoreCompetitor(CompetitorSettings settings) : ICompetitor
{
    public Measurement Run()
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, settings.Pictures).Select(i =>
            new ImageRow { ImagePath = RepeatedPictures.PathOf(settings.Photographs, i), Label = i % 2 == 0 ? "even" : "odd" }));
        IDataView data = ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows);
        var options = new KnowledgeDistillationOptions();
        using var log = CatalogEnvironment.Of(ml.Data).Start(nameof(PixelStoreCompetitor));
        return Stopwatches.Measure(settings.Pictures, () => TrainingSet.Load(data, options, new TrainingRun(log, null, 1, CancellationToken.None)).Dispose());
    }

    public void Dispose()
    {
    }
}
