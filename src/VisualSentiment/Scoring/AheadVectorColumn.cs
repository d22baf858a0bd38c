using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Scoring;

/// <summary>A column of vectors: buffers are copied, since a kept one is filled anew.</summary>
internal sealed class AheadVectorColumn<T>(DataViewRow input, DataViewSchema.Column column, int slots)
    : AheadValueColumn<VBuffer<T>>(input, column, slots)
{
    protected override void Copy(in VBuffer<T> kept, ref VBuffer<T> value) => kept.CopyTo(ref value);
}
