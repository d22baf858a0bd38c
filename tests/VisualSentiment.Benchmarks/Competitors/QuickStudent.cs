using Microsoft.ML;
using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>
/// Not a competitor: trains a compact student for one epoch on a few images, for competitors for which the weights do not matter.
/// </summary>
internal sealed class QuickStudent(CompetitorSettings settings) : ICompetitor
{
    private const int Images = 40;

    public Measurement Run()
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(ImageList.Take(settings.Photographs, Images)
            .Select((path, i) => new ImageRow { ImagePath = path, Label = i % 2 == 0 ? "even" : "odd" }));
        return Stopwatches.Measure(1, () =>
        {
            using SentimentTransformer student = ml.Transforms.DistillSentiment(DistillationRecipes.Paper with { Student = Students.Compact, Loss = DistillationLosses.HardLabels, Epochs = 1 })
                .Fit(ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows));
            student.SaveAsOnnx(Path.Combine(settings.Students, StudentFiles.Compact));
        });
    }

    public void Dispose()
    {
    }
}
