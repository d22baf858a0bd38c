using Microsoft.ML.Data;

namespace VisualSentiment.Data;

/// <summary>The part (0, 1, ...) of each row of a data view. Rows are identified by id, so that their order does not matter.</summary>
internal sealed class RowPartition
{
    private readonly Dictionary<DataViewRowId, int> _parts = [];
    private readonly List<long> _counts = [];

    public long RowCount => _parts.Count;

    public void Assign(DataViewRowId row, int part)
    {
        if (!_parts.TryAdd(row, part))
        {
            throw new InvalidOperationException(
                "Two rows of the data have the same id; split ml.Data.Cache(data) instead");
        }
        while (_counts.Count <= part)
            _counts.Add(0);
        _counts[part]++;
    }

    public long CountOf(int part) => _counts[part];

    public int PartOf(DataViewRowId row) => _parts.TryGetValue(row, out int part) ? part
        : throw new InvalidOperationException("The data has a row that was added after the split; split the data again");
}
