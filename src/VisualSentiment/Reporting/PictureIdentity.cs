using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Data;

namespace VisualSentiment.Reporting;

/// <summary>
/// Numbers that tell pictures from each other, the same in every run: from the path or other content of the row, and where
/// there is none that is cheap to read, from the row's id.
/// </summary>
internal sealed class PictureIdentity : IDisposable
{
    private readonly DataViewRowCursor _cursor;
    private readonly Func<ulong> _read;
    private readonly Func<string>? _readPath;

    public PictureIdentity(IDataView data, DataViewSchema.Column label)
    {
        IReadOnlyList<DataViewSchema.Column> columns = RowContent.FindColumns(data.Schema, label);
        _cursor = data.GetRowCursor(columns);
        if (columns.Count > 0)
        {
            Func<string> content = RowContent.CreateGetter(_cursor, columns);
            _read = () => RowContent.Hash(content(), seed: 0);
            _readPath = columns is [{ Type: TextDataViewType }] ? content : null;
        }
        else
        {
            ValueGetter<DataViewRowId> getId = _cursor.GetIdGetter();
            DataViewRowId id = default;
            _read = () =>
            {
                getId(ref id);
                return id.Low ^ (id.High * 0x9E3779B97F4A7C15);
            };
        }
    }

    /// <summary>The number of the current row's picture.</summary>
    public ulong Current => _read();

    /// <summary>The path of the current row's picture; null where rows do not have one.</summary>
    public string? ReadPath() => _readPath?.Invoke();

    public bool MoveNext() => _cursor.MoveNext();

    public void Dispose() => _cursor.Dispose();
}
