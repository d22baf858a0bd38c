using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace VisualSentiment.Data.Columns;

/// <summary>What a trainer promises before it has seen data: the columns of <see cref="ScoreColumns"/>.</summary>
internal static class SentimentSchema
{
    /// <summary>The columns of <paramref name="input"/>, the predicted label, and the scores.</summary>
    public static SchemaShape GetOutputSchema(SchemaShape input, ScoreColumnNames? columns = null)
    {
        columns ??= ScoreColumnNames.Default;
        SchemaShape.Column[] common =
        [
            Create(ScoreColumns.ScoreColumnSetId, VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true),
            Create(ScoreColumns.ScoreColumnKind, VectorKind.Scalar, TextDataViewType.Instance),
            Create(ScoreColumns.ScoreValueKind, VectorKind.Scalar, TextDataViewType.Instance),
        ];
        var label = Create(columns.PredictedLabel, VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true,
            new SchemaShape([ClassNames(ScoreColumns.KeyValues), .. common]));
        var score = Create(columns.Score, VectorKind.Vector, NumberDataViewType.Single, isKey: false,
            new SchemaShape([ClassNames(ScoreColumns.SlotNames), ClassNames(ScoreColumns.TrainingLabelValues), .. common]));
        return new SchemaShape([.. input.Where(c => c.Name != label.Name && c.Name != score.Name), label, score]);
    }

    /// <summary>The shape of a schema, in which ML.NET checks columns before there is data.</summary>
    public static SchemaShape ShapeOf(DataViewSchema schema) => Create(null, schema);

    /// <summary>The column of a name; null where there is none.</summary>
    public static SchemaShape.Column? Find(this SchemaShape schema, string name) =>
        schema.Where(column => column.Name == name).Cast<SchemaShape.Column?>().FirstOrDefault();

    /// <summary>The names of the columns, for a message.</summary>
    public static string Names(this SchemaShape schema) => string.Join(", ", schema.Select(column => column.Name));

    /// <summary>The type of a column, for a message.</summary>
    public static string Describe(this SchemaShape.Column column)
    {
        string item = column.IsKey ? $"Key<{column.ItemType}>" : $"{column.ItemType}";
        return column.Kind == VectorKind.Scalar ? item : $"Vector<{item}>";
    }

    private static SchemaShape.Column ClassNames(string name) => Create(name, VectorKind.Vector, TextDataViewType.Instance);

    // ML.NET has no public way to make one.
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern SchemaShape.Column Create(
        string name, VectorKind vecKind, DataViewType itemType, bool isKey = false, SchemaShape? annotations = null);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod)]
    private static extern SchemaShape Create(SchemaShape? type, DataViewSchema schema);
}
