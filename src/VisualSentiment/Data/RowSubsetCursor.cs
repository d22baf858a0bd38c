using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Data;

/// <summary>A cursor over those rows of another that are accepted by id; it owns the other.</summary>
internal sealed class RowSubsetCursor(DataViewRowCursor input, Predicate<DataViewRowId> accept) : DataViewRowCursor
{
    private readonly ValueGetter<DataViewRowId> _getId = input.GetIdGetter();
    private long _position = -1;

    public override DataViewSchema Schema => input.Schema;

    public override long Position => _position;

    public override long Batch => input.Batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => input.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => input.GetGetter<TValue>(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool MoveNext()
    {
        DataViewRowId id = default;
        while (input.MoveNext())
        {
            _getId(ref id);
            if (accept(id))
            {
                _position++;
                return true;
            }
        }
        _position = -1;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }
}
