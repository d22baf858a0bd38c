using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Data.Columns;

namespace VisualSentiment.Evaluation;

/// <summary>
/// Numbers that identify images, the same in every run: a hash of the path of the image, or of the other content of the
/// row if there is no path, or the row's id if there is no content that is cheap to read.
/// </summary>
/// <remarks>
/// A path counts relative to the common folder of all images of the run, so that copies of the data in other folders
/// match, and with at least its last two segments, so that a run whose images are all in one folder still agrees with
/// the others on <c>class/file.jpg</c>. Runs disagree only if folders are nested deeper and one run tests images of a
/// single subfolder.
/// </remarks>
internal sealed class ImageIdentity : IDisposable
{
    private readonly DataViewRowCursor _cursor;
    private readonly Func<ulong> _read;
    private readonly Func<string>? _readPath;

    /// <param name="data">The images.</param>
    /// <param name="label">The column of labels, which is not content of the image; null for none.</param>
    public ImageIdentity(IDataView data, DataViewSchema.Column? label)
    {
        IReadOnlyList<DataViewSchema.Column> columns = RowContent.FindColumns(data.Schema, label);
        CommonFolder? common = columns is [{ Type: TextDataViewType }] ? FindCommonFolder(data, columns) : null;
        _cursor = data.GetRowCursor(columns);
        if (columns.Count > 0)
        {
            Func<string> content = RowContent.CreateGetter(_cursor, columns);
            _read = () => RowContent.HashOf(common is null ? content() : common.Relative(content()), seed: 0);
            _readPath = common is null ? null : content;
            return;
        }
        ValueGetter<DataViewRowId> getId = _cursor.GetIdGetter();
        DataViewRowId id = default;
        _read = () =>
        {
            getId(ref id);
            return id.Low ^ (id.High * 0x9E3779B97F4A7C15);
        };
    }

    /// <summary>The number of the current row's image.</summary>
    public ulong Current => _read();

    /// <summary>The path of the current row's image; null if rows do not have one.</summary>
    public string? ReadPath() => _readPath?.Invoke();

    public bool MoveNext() => _cursor.MoveNext();

    public void Dispose() => _cursor.Dispose();

    private static CommonFolder FindCommonFolder(IDataView data, IReadOnlyList<DataViewSchema.Column> path)
    {
        var common = new CommonFolder();
        using DataViewRowCursor cursor = data.GetRowCursor(path);
        Func<string> read = RowContent.CreateGetter(cursor, path);
        while (cursor.MoveNext())
            common.Add(read());
        return common;
    }

    /// <summary>The common folder of paths with either kind of slash.</summary>
    private sealed class CommonFolder
    {
        // class/file.jpg
        private const int MinSegments = 2;

        private string[]? _folder;

        public void Add(string path)
        {
            string[] folder = path.Split('/', '\\')[..^1];
            _folder = _folder is null ? folder : _folder[.._folder.AsSpan().CommonPrefixLength(folder)];
        }

        /// <summary>The relative path, with at least its last two segments and forward slashes.</summary>
        public string Relative(string path)
        {
            string[] segments = path.Split('/', '\\');
            int start = Math.Min(_folder?.Length ?? 0, Math.Max(0, segments.Length - MinSegments));
            return string.Join('/', segments[start..]);
        }
    }
}
