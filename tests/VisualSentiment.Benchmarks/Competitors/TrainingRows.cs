using Microsoft.ML;
using Microsoft.ML.Transforms;
using VisualSentiment.Benchmarks.Images;

namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>Photographs as training rows, with six labels in turn: the speed of training does not depend on the labels.</summary>
internal static class TrainingRows
{
    public const int Classes = 6;

    /// <param name="ml">The context.</param>
    /// <param name="photographs">The folder of the photographs.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="skip">The number of images to skip first.</param>
    public static IDataView Create(MLContext ml, string photographs, int count, int skip = 0)
    {
        float[] scores = [.. Enumerable.Repeat(1f / Classes, Classes)];
        IDataView rows = ml.Data.LoadFromEnumerable(ImageList.Take(photographs, skip + count).Skip(skip).Select((file, i) =>
            new TrainingRow { ImagePath = file, Label = $"class {i % Classes}", TeacherScores = scores }).ToArray());
        return ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(rows).Transform(rows);
    }
}
