using System.Diagnostics;
using Microsoft.ML;

namespace Distill;

/// <summary>How long a model takes for a picture.</summary>
internal static class Speed
{
    private const int Pictures = 32;

    /// <summary>How it was measured.</summary>
    public static string Note { get; } = $"{Pictures} test pictures through Transform, decoding included, on {Environment.ProcessorCount} processors of this machine.";

    /// <param name="ml">The context.</param>
    /// <param name="model">The model.</param>
    /// <param name="pictures">Pictures that it has not been asked about.</param>
    /// <param name="warmUp">Others, by which code is loaded before the clock runs.</param>
    public static double Measure(MLContext ml, ITransformer model, IDataView pictures, IDataView warmUp)
    {
        Score(ml.Data.TakeRows(warmUp, 4), model);
        var clock = Stopwatch.StartNew();
        int rows = Score(ml.Data.TakeRows(pictures, Pictures), model);
        return clock.Elapsed.TotalMilliseconds / rows;
    }

    private static int Score(IDataView pictures, ITransformer model)
    {
        IDataView scored = model.Transform(pictures);
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
