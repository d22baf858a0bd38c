using Microsoft.ML;

namespace VisualSentiment.Data;

/// <summary>Those rows of some data that are in one part of a partition, or in every other part.</summary>
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
