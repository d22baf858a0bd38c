using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Prediction.DataView;

/// <summary>A row with its scores.</summary>
internal sealed class ScoredRow(DataViewRow input, ScoredRowGetters getters) : DataViewRow
{
    public override DataViewSchema Schema => getters.Schema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

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
