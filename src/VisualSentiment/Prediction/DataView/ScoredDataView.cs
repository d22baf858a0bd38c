using Microsoft.ML;

namespace VisualSentiment.Prediction.DataView;

/// <summary>Data with scores, which are computed when a cursor reads them.</summary>
internal sealed class ScoredDataView(IDataView input, ScoringMapper mapper) : IDataView
{
    public DataViewSchema Schema => mapper.OutputSchema;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        var cursor = input.GetRowCursor(mapper.GetDependencies(columns), rand);
        return mapper.CreateCursor(cursor, columns, inSet: false);
    }

    public DataViewRowCursor[] GetRowCursorSet(
        IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        var cursors = input.GetRowCursorSet(mapper.GetDependencies(columns), n, rand);
        return [.. cursors.Select(cursor => mapper.CreateCursor(cursor, columns, inSet: cursors.Length > 1))];
    }
}
