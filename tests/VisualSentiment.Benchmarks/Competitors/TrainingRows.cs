using Microsoft.ML;
using Microsoft.ML.Transforms;
using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Photographs as rows to train on, with six labels in turn: how fast training is does not depend on what they say.</summary>
internal static class TrainingRows
{
    public const int Classes = 6;

    /// <param name="ml">The context.</param>
    /// <param name="photographs">Their folder.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="skip">How many images to leave out first.</param>
    public static IDataView Create(MLContext ml, string photographs, int count, int skip = 0)
    {
        float[] taught = [.. Enumerable.Repeat(1f / Classes, Classes)];
        IDataView rows = ml.Data.LoadFromEnumerable(ImageList.Take(photographs, skip + count).Skip(skip).Select((file, i) =>
            new TaughtRow { ImagePath = file, Label = $"class {i % Classes}", Taught = taught }).ToArray());
        return ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(rows).Transform(rows);
    }
}
