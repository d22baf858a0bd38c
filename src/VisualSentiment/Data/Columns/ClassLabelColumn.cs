using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Data.Columns;

/// <summary>Reads the name of each row's class from a label column of text or of keys.</summary>
internal static class ClassLabelColumn
{
    /// <exception cref="ArgumentException">There is no such column, or it holds something else.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
        {
            throw new ArgumentException(
                $"There is no label column '{name}'; the columns are {string.Join(", ", schema.Select(c => c.Name))}", nameof(name));
        }
        return column.Type is TextDataViewType or KeyDataViewType ? column : throw new ArgumentException(
            $"The label column '{name}' is {column.Type}; it must hold the names of classes (text) or keys", nameof(name));
    }

    /// <summary>A getter of the class's name, or of its number where the keys have no names; null where it is missing.</summary>
    public static Func<string?> CreateGetter(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            var getText = row.GetGetter<ReadOnlyMemory<char>>(column);
            ReadOnlyMemory<char> text = default;
            return () =>
            {
                getText(ref text);
                return text.IsEmpty ? null : text.ToString();
            };
        }
        var getKey = CreateKeyGetter(row, column);
        IReadOnlyList<string> names = LabelColumn.ReadClasses(column) ?? [];
        return () => getKey() switch
        {
            0 => null,
            var key when key <= (ulong)names.Count => names[(int)key - 1],
            var key => key.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>A getter of the key, whatever its width: 0 is a missing value, the first class has key 1.</summary>
    private static Func<ulong> CreateKeyGetter(DataViewRow row, DataViewSchema.Column column)
    {
        Func<ulong> Read<T>(Func<T, ulong> widen)
        {
            var getter = row.GetGetter<T>(column);
            T key = default!;
            return () =>
            {
                getter(ref key);
                return widen(key);
            };
        }

        Type type = column.Type.RawType;
        return type == typeof(uint) ? Read<uint>(key => key)
            : type == typeof(byte) ? Read<byte>(key => key)
            : type == typeof(ushort) ? Read<ushort>(key => key)
            : Read<ulong>(key => key);
    }
}
