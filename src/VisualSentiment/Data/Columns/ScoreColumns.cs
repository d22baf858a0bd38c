using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Data.Columns;

/// <summary>The two columns that scoring adds, with the annotations that ML.NET's own multiclass trainers give theirs.</summary>
internal static class ScoreColumns
{
    public const string PredictedLabel = "PredictedLabel";
    public const string Score = "Score";

    public const string KeyValues = "KeyValues";
    public const string SlotNames = "SlotNames";
    public const string TrainingLabelValues = "TrainingLabelValues";
    public const string ScoreColumnKind = "ScoreColumnKind";
    public const string ScoreValueKind = "ScoreValueKind";
    public const string ScoreColumnSetId = "ScoreColumnSetId";

    private const string Multiclass = "MulticlassClassification";

    /// <summary>The type of the identifier that ties the two columns together.</summary>
    private static readonly KeyDataViewType SetIdType = new(typeof(uint), int.MaxValue);

    /// <summary>
    /// Adds them after the columns of <paramref name="input"/>: first the predicted label, last the scores.
    /// </summary>
    public static DataViewSchema AppendTo(DataViewSchema input, IReadOnlyList<string> classes, ScoreColumnNames columns)
    {
        var names = new VBuffer<ReadOnlyMemory<char>>(classes.Count, [.. classes.Select(c => c.AsMemory())]);
        uint setId = NextSetId(input);

        var label = Annotate(PredictedLabel, setId);
        label.Add(KeyValues, new VectorDataViewType(TextDataViewType.Instance, classes.Count), Value(names));

        var score = Annotate(Score, setId);
        score.Add(SlotNames, new VectorDataViewType(TextDataViewType.Instance, classes.Count), Value(names));
        score.Add(TrainingLabelValues, new VectorDataViewType(TextDataViewType.Instance, classes.Count), Value(names));

        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);
        var (key, vector) = (new KeyDataViewType(typeof(uint), classes.Count),
            new VectorDataViewType(NumberDataViewType.Single, classes.Count));
        schema.AddColumn(columns.PredictedLabel, key, label.ToAnnotations());
        schema.AddColumn(columns.Score, vector, score.ToAnnotations());
        return schema.ToSchema();
    }

    private static DataViewSchema.Annotations.Builder Annotate(string valueKind, uint setId)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(ScoreColumnSetId, SetIdType, Value(setId));
        annotations.Add(ScoreColumnKind, TextDataViewType.Instance, Value(Multiclass.AsMemory()));
        annotations.Add(ScoreValueKind, TextDataViewType.Instance, Value(valueKind.AsMemory()));
        return annotations;
    }

    // ML.NET takes the highest number as the latest scores.
    private static uint NextSetId(DataViewSchema input)
    {
        uint last = 0;
        foreach (var column in input)
            if (column.Annotations.Schema.GetColumnOrNull(ScoreColumnSetId) is { Type.RawType: var type } && type == typeof(uint))
            {
                uint id = 0;
                column.Annotations.GetValue(ScoreColumnSetId, ref id);
                last = Math.Max(last, id);
            }
        return last + 1;
    }

    private static ValueGetter<T> Value<T>(T value) => (ref T destination) => destination = value;
}

/// <summary>The names of the two columns that scoring adds.</summary>
internal sealed record ScoreColumnNames(string PredictedLabel, string Score)
{
    public static ScoreColumnNames Default { get; } = new(ScoreColumns.PredictedLabel, ScoreColumns.Score);
}
