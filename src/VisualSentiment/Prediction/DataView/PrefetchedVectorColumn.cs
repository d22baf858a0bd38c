using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Prediction.DataView;

/// <summary>A column of vectors: buffers are copied, since a kept one is filled anew.</summary>
internal sealed class PrefetchedVectorColumn<T>(DataViewRow input, DataViewSchema.Column column, int slots)
    : PrefetchedValueColumn<VBuffer<T>>(input, column, slots)
{
    protected override void Copy(in VBuffer<T> kept, ref VBuffer<T> value) => kept.CopyTo(ref value);
}
