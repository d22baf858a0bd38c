using Microsoft.ML;
using Microsoft.ML.Transforms;
using VisualSentiment.Benchmarks.Pictures;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Photographs as rows to train on, with six labels in turn: how fast training is does not depend on what they say.</summary>
internal static class TrainingRows
{
    public const int Classes = 6;

    public static IDataView Create(MLContext ml, string photographs, int count)
    {
        float[] taught = [.. Enumerable.Repeat(1f / Classes, Classes)];
        IDataView rows = ml.Data.LoadFromEnumerable(PictureList.Take(photographs, count).Select((file, i) =>
            new TaughtRow { ImagePath = file, Label = $"class {i % Classes}", Taught = taught }).ToArray());
        return ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(rows).Transform(rows);
    }
}
