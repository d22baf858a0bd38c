using Microsoft.ML.Data;

namespace VisualSentiment.Data;

/// <summary>Which part (0, 1, ...) each row of some data belongs to. Rows are known by id, so order does not matter.</summary>
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
                "Two rows of the data have the same id, so that they cannot be told apart; split ml.Data.Cache(data) instead");
        }
        while (_counts.Count <= part)
            _counts.Add(0);
        _counts[part]++;
    }

    public long CountOf(int part) => _counts[part];

    public int PartOf(DataViewRowId row) => _parts.TryGetValue(row, out int part) ? part
        : throw new InvalidOperationException("The data has a row that it did not have when it was split; split it again");
}
