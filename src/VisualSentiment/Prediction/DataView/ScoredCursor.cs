using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Prediction.DataView;

/// <summary>A cursor over rows with their scores.</summary>
internal sealed class ScoredCursor(DataViewRowCursor input, ScoredRowGetters getters) : DataViewRowCursor
{
    public override DataViewSchema Schema => getters.Schema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool MoveNext() => input.MoveNext();

    public override bool IsColumnActive(DataViewSchema.Column column) => getters.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => getters.GetGetter<TValue>(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }
}
