using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Data.Columns;

/// <summary>
/// Tells rows apart by what they hold and never by where they stand, so that another order of rows is the same data. That
/// is the path of the image where there is a text column <c>ImagePath</c>, and otherwise all text and byte-vector columns
/// but the label. Decoded images and computed numbers are never asked for.
/// </summary>
internal static class RowContent
{
    public static IReadOnlyList<DataViewSchema.Column> FindColumns(DataViewSchema schema, DataViewSchema.Column? label)
    {
        if (schema.GetColumnOrNull(nameof(LabeledImage.ImagePath)) is { Type: TextDataViewType } path)
            return [path];
        return [.. schema.Where(c => !c.IsHidden && c.Name != label?.Name && (c.Type is TextDataViewType || IsBytes(c.Type)))];
    }

    public static Func<string> CreateGetter(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var getters = columns.Select(column => column.Type is TextDataViewType ? ReadText(row, column) : ReadBytes(row, column));
        return getters.ToArray() switch
        {
            [var one] => one,
            var several => () => string.Join('\0', several.Select(getter => getter())),
        };
    }

    /// <summary>
    /// A number that depends on the seed and, of a path, on the last two segments alone: the folder may lie anywhere.
    /// </summary>
    public static ulong Hash(string content, int seed)
    {
        int last = content.AsSpan().LastIndexOfAny('/', '\\');
        int start = last < 0 ? 0 : content.AsSpan(0, last).LastIndexOfAny('/', '\\') + 1;
        return HashOf(content[start..], seed);
    }

    /// <summary>A number that depends on the seed and on all of a text, with either kind of slash.</summary>
    public static ulong HashOf(string text, int seed)
    {
        text = text.Replace('\\', '/');
        byte[] message = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteInt32LittleEndian(message, seed);
        Encoding.UTF8.GetBytes(text, message.AsSpan(sizeof(int)));
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(message));
    }

    private static bool IsBytes(DataViewType type) =>
        type is VectorDataViewType { ItemType: NumberDataViewType { RawType: var item } } && item == typeof(byte);

    private static Func<string> ReadText(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            return text.ToString();
        };
    }

    private static Func<string> ReadBytes(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<byte>>(column);
        VBuffer<byte> bytes = default;
        return () =>
        {
            getter(ref bytes);
            return Convert.ToHexString(SHA256.HashData(bytes.IsDense ? bytes.GetValues() : [.. bytes.DenseValues()]));
        };
    }
}
