using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Data.Columns;

/// <summary>Reads the classes of a label column that is a key.</summary>
internal static class LabelColumn
{
    private const string KeyValues = nameof(KeyValues);

    private static readonly Dictionary<Type, Func<DataViewSchema.Column, string[]>> Readers = new()
    {
        [typeof(ReadOnlyMemory<char>)] = Read<ReadOnlyMemory<char>>,
        [typeof(bool)] = Read<bool>,
        [typeof(sbyte)] = Read<sbyte>,
        [typeof(byte)] = Read<byte>,
        [typeof(short)] = Read<short>,
        [typeof(ushort)] = Read<ushort>,
        [typeof(int)] = Read<int>,
        [typeof(uint)] = Read<uint>,
        [typeof(long)] = Read<long>,
        [typeof(ulong)] = Read<ulong>,
        [typeof(float)] = Read<float>,
        [typeof(double)] = Read<double>,
    };

    /// <summary>Null if the column is text or a key with names, otherwise the error.</summary>
    public static string? FindError(SchemaShape schema, string name)
    {
        if (schema.Find(name) is not { } column)
            return $"there is no label column '{name}'; the columns are {schema.Names()}";
        bool isText = column.ItemType is TextDataViewType && !column.IsKey;
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || !(isText || column.IsKey))
            return $"the label column '{name}' is {column.Describe()}; "
                + $"it must be text, or a key as ml.Transforms.Conversion.MapValueToKey(\"{name}\") makes it";
        if (isText)
            return null;
        if (column.Annotations.Find(KeyValues) is not { } values)
            return $"the label column '{name}' is a key without names; use MapValueToKey, which keeps them";
        return Readers.ContainsKey(values.ItemType.RawType) ? null
            : $"the classes of the label column '{name}' are {values.ItemType}; use text, numbers or Booleans";
    }

    /// <summary>The class names in the order of the key; null if the column is no key with names.</summary>
    public static IReadOnlyList<string>? ReadClasses(DataViewSchema.Column column) =>
        column.Type is KeyDataViewType
            && column.Annotations.Schema.GetColumnOrNull(KeyValues)?.Type is VectorDataViewType names
            && Readers.TryGetValue(names.ItemType.RawType, out var read) ? read(column) : null;

    private static string[] Read<T>(DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.Annotations.GetValue(KeyValues, ref values);
        return [.. values.DenseValues().Select(value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")];
    }
}
