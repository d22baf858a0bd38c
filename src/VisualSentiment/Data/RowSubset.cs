using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Data;

/// <summary>The rows of a data view that are in one part of a partition, or in all other parts.</summary>
internal sealed class RowSubset(IDataView source, RowPartition partition, int part, bool complement) : IDataView
{
    public DataViewSchema Schema => source.Schema;

    public bool CanShuffle => source.CanShuffle;

    public long? GetRowCount() => complement ? partition.RowCount - partition.CountOf(part) : partition.CountOf(part);

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        Filter(source.GetRowCursor(columnsNeeded, rand));

    public DataViewRowCursor[] GetRowCursorSet(
        IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        Array.ConvertAll(source.GetRowCursorSet(columnsNeeded, n, rand), Filter);

    private DataViewRowCursor Filter(DataViewRowCursor cursor) =>
        new RowSubsetCursor(cursor, row => partition.PartOf(row) == part != complement);
}

/// <summary>A cursor over the rows of another cursor with accepted ids. It disposes the other cursor.</summary>
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
