using Microsoft.ML;
using VisualSentiment.Benchmarks.Images;
using VisualSentiment.Common;
using VisualSentiment.Training;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Fills the pixel store of training from a folder of linked images. The paths are not kept in memory.</summary>
internal sealed class PixelStoreCompetitor : ICompetitor
{
    private readonly CompetitorSettings _settings;

    public PixelStoreCompetitor(CompetitorSettings settings)
    {
        _settings = settings;
        string[] files = ImageList.Find(settings.WarmUpPhotographs);
        SettledHeap.Reach(() =>
        {
            for (int done = 0; done < settings.WarmUpImages; done += files.Length)
                Fill(files.Take(settings.WarmUpImages - done));
        });
    }

    public Measurement Run() => Stopwatches.Measure(_settings.Images, () => Fill(RepeatedImages.Paths(_settings.Photographs, _settings.Images)));

    public void Dispose()
    {
    }

    private static void Fill(IEnumerable<string> paths)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(paths.Select((path, i) => new ImageRow { ImagePath = path, Label = i % 2 == 0 ? "even" : "odd" }));
        IDataView data = ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows);
        using var log = CatalogEnvironment.Of(ml.Data).Start(nameof(PixelStoreCompetitor));
        TrainingSet.Load(data, DistillationRecipes.Paper, new TrainingRun(log, null, 1, CancellationToken.None)).Dispose();
    }
}
