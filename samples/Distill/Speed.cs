using System.Diagnostics;
using Microsoft.ML;

namespace Distill;

/// <summary>How long a model takes for an image.</summary>
internal static class Speed
{
    private const int Images = 32;

    /// <summary>How it was measured.</summary>
    public static string Note { get; } = $"{Images} test images through Transform, decoding included, on {Environment.ProcessorCount} processors of this machine.";

    /// <param name="ml">The context.</param>
    /// <param name="model">The model.</param>
    /// <param name="images">Images that it has not been asked about.</param>
    /// <param name="warmUp">Others, by which code is loaded before the clock runs.</param>
    public static double Measure(MLContext ml, ITransformer model, IDataView images, IDataView warmUp)
    {
        Score(ml.Data.TakeRows(warmUp, 4), model);
        var clock = Stopwatch.StartNew();
        int rows = Score(ml.Data.TakeRows(images, Images), model);
        return clock.Elapsed.TotalMilliseconds / rows;
    }

    private static int Score(IDataView images, ITransformer model)
    {
        IDataView scored = model.Transform(images);
        DataViewSchema.Column column = scored.Schema["Score"];
        using DataViewRowCursor cursor = scored.GetRowCursor([column]);
        ValueGetter<Microsoft.ML.Data.VBuffer<float>> getter = cursor.GetGetter<Microsoft.ML.Data.VBuffer<float>>(column);
        Microsoft.ML.Data.VBuffer<float> scores = default;
        int rows = 0;
        for (; cursor.MoveNext(); rows++)
            getter(ref scores);
        return rows;
    }
}
