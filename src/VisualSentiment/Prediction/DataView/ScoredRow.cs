using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Prediction.DataView;

internal sealed class ScoredRow(DataViewRow input, ScoredRowGetters getters) : DataViewRow
{
    public override DataViewSchema Schema => getters.Schema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => getters.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        getters.GetGetter<TValue>(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>A cursor that scores rows as they are read.</summary>
internal sealed class ScoredCursor(DataViewRowCursor input, ScoredRowGetters getters) : DataViewRowCursor
{
    public override DataViewSchema Schema => getters.Schema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool MoveNext() => input.MoveNext();

    public override bool IsColumnActive(DataViewSchema.Column column) => getters.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        getters.GetGetter<TValue>(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>
/// The getters of a scored row or cursor: those of the input, and those of the two added columns. Without a
/// <paramref name="scorer"/>, neither of the added columns may be active.
/// </summary>
internal sealed class ScoredRowGetters(DataViewRow input, DataViewSchema schema, bool[] active, RowScorer? scorer)
{
    public DataViewSchema Schema => schema;

    public bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!active[column.Index])
            throw new ArgumentException($"The column '{column.Name}' is not active in this cursor.", nameof(column));
        if (column.Index < input.Schema.Count)
            return input.GetGetter<TValue>(input.Schema[column.Index]);
        Delegate getter = column.Index == schema.Count - 1
            ? (ValueGetter<VBuffer<float>>)scorer!.GetScore
            : (ValueGetter<uint>)scorer!.GetPredictedLabel;
        return getter as ValueGetter<TValue> ?? throw new ArgumentException(
            $"The column '{column.Name}' has the type {column.Type}, not {typeof(TValue)}.", nameof(column));
    }
}
