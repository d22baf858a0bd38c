using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Tool.Training;

/// <summary>Measures the time per image of a model.</summary>
internal static class Speed
{
    private const int Images = 32;

    /// <summary>A description of the measurement.</summary>
    public static string Note { get; } =
        $"{Images} test images through Transform, including decoding, on {Environment.ProcessorCount} processors.";

    /// <param name="ml">The context.</param>
    /// <param name="model">The model.</param>
    /// <param name="images">Images that the model has not scored yet.</param>
    /// <param name="warmUp">Other images, for a warm-up before the measurement.</param>
    /// <param name="cancellation">Cancels the measurement.</param>
    public static double Measure(
        MLContext ml, ITransformer model, IDataView images, IDataView warmUp, CancellationToken cancellation)
    {
        Score(ml.Data.TakeRows(warmUp, 4), model, cancellation);
        var clock = Stopwatch.StartNew();
        int rows = Score(ml.Data.TakeRows(images, Images), model, cancellation);
        return clock.Elapsed.TotalMilliseconds / rows;
    }

    private static int Score(IDataView images, ITransformer model, CancellationToken cancellation)
    {
        IDataView scored = model.Transform(images);
        DataViewSchema.Column column = scored.Schema["Score"];
        using DataViewRowCursor cursor = scored.GetRowCursor([column]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> scores = default;
        int rows = 0;
        for (; cursor.MoveNext(); rows++)
        {
            cancellation.ThrowIfCancellationRequested();
            getter(ref scores);
        }
        return rows;
    }
}
