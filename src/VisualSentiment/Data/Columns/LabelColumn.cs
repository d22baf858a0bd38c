using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Data.Columns;

/// <summary>Reads the classes of a label column: a key whose values name them, as <c>MapValueToKey</c> makes it.</summary>
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

    /// <summary>Null where the column can be learned, otherwise what is wrong with it.</summary>
    public static string? FindError(SchemaShape schema, string name)
    {
        if (schema.Find(name) is not { } column)
            return $"there is no label column '{name}'; the columns are {schema.Names()}";
        if (!column.IsKey || column.Kind != SchemaShape.Column.VectorKind.Scalar)
            return $"the label column '{name}' is {column.Describe()}; make it a key with ml.Transforms.Conversion.MapValueToKey(\"{name}\", "
                + "keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)";
        if (column.Annotations.Find(KeyValues) is not { } values)
            return $"the label column '{name}' is a key without names; use MapValueToKey, which keeps them";
        return Readers.ContainsKey(values.ItemType.RawType) ? null
            : $"the classes of the label column '{name}' are {values.ItemType}; use text, numbers or Booleans";
    }

    /// <summary>The class names in the order of the key.</summary>
    public static IReadOnlyList<string> ReadClasses(DataViewSchema.Column column) =>
        Readers[((VectorDataViewType)column.Annotations.Schema[KeyValues].Type).ItemType.RawType](column);

    private static string[] Read<T>(DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.Annotations.GetValue(KeyValues, ref values);
        return [.. values.DenseValues().Select(value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")];
    }
}
