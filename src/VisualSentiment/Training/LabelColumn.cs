using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Training;

/// <summary>Reads the classes of a label column: a key whose values name them, as <c>MapValueToKey</c> makes it.</summary>
internal static class LabelColumn
{
    private const string KeyValues = nameof(KeyValues);

    /// <summary>Null where the column can be learned, otherwise what is wrong with it.</summary>
    public static string? FindMistake(DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            return $"there is no label column '{name}'; the columns are {string.Join(", ", schema.Select(c => c.Name))}";
        if (column.Type is not KeyDataViewType)
            return $"the label column '{name}' is {column.Type}; make it a key with ml.Transforms.Conversion.MapValueToKey(\"{name}\", "
                + "keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)";
        return column.HasKeyValues() ? null : $"the label column '{name}' is a key without names; use MapValueToKey, which keeps them";
    }

    /// <summary>The class names in the order of the key.</summary>
    public static IReadOnlyList<string> ReadClasses(DataViewSchema.Column column)
    {
        Type type = ((VectorDataViewType)column.Annotations.Schema[KeyValues].Type).ItemType.RawType;
        return type == typeof(ReadOnlyMemory<char>) ? Read<ReadOnlyMemory<char>>(column)
            : type == typeof(float) ? Read<float>(column)
            : type == typeof(double) ? Read<double>(column)
            : type == typeof(int) ? Read<int>(column)
            : type == typeof(uint) ? Read<uint>(column)
            : type == typeof(long) ? Read<long>(column)
            : type == typeof(bool) ? Read<bool>(column)
            : throw new TrainingDataException([$"the classes of the label column '{column.Name}' are {type.Name}; use text or numbers"]);
    }

    private static string[] Read<T>(DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.Annotations.GetValue(KeyValues, ref values);
        return [.. values.DenseValues().Select(value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")];
    }

    private static bool HasKeyValues(this DataViewSchema.Column column) => column.Annotations.Schema.GetColumnOrNull(KeyValues) is not null;
}
