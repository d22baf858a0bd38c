using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Data.Columns;
using VisualSentiment.Teaching;

namespace VisualSentiment.Distillation;

/// <summary>The columns of one model's scores of the test data.</summary>
internal sealed class ScoredModel
{
    private readonly IDataView _scored;
    private readonly DataViewSchema.Column _label;
    private readonly DataViewSchema.Column _score;

    private ScoredModel(string role, IDataView scored, DataViewSchema.Column label, DataViewSchema.Column score, IReadOnlyList<string> classes)
    {
        Role = role;
        _scored = scored;
        _label = label;
        _score = score;
        Classes = classes;
    }

    /// <summary>The role of the model in the comparison, such as "the student".</summary>
    public string Role { get; }

    /// <summary>The names of the classes, in the order of the scores.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Finds the columns of labels and scores.</summary>
    /// <returns>Null if a column is missing or invalid, which is added to the errors.</returns>
    public static ScoredModel? Find(string role, IDataView scored, string labelColumn, string scoreColumn,
        List<string> errors)
    {
        string columns = string.Join(", ", scored.Schema.Select(column => column.Name));
        if (scored.Schema.GetColumnOrNull(labelColumn) is not { } label)
            errors.Add($"{role}: there is no label column '{labelColumn}'; the columns are {columns}");
        else if (label.Type is not (TextDataViewType or KeyDataViewType))
            errors.Add($"{role}: the label column '{labelColumn}' is {label.Type}; it must hold the names of classes (text) or keys");
        else if (scored.Schema.GetColumnOrNull(scoreColumn) is not { } score)
            errors.Add($"{role}: there is no column '{scoreColumn}'; the columns are {columns}");
        else if (score.Type is not VectorDataViewType { ItemType: NumberDataViewType { RawType: var item }, Size: > 1 } || item != typeof(float))
            errors.Add($"{role}: '{scoreColumn}' is {score.Type}; "
                + "it must be a vector of a probability (float) for each class");
        else if (FindClasses(scored.Schema, scoreColumn, label) is not { } classes)
            errors.Add($"{role}: neither the slots of '{scoreColumn}' "
                + $"nor the keys of '{labelColumn}' have the names of classes");
        else if (classes.Count != ((VectorDataViewType)score.Type).Size)
            errors.Add($"{role}: '{scoreColumn}' has {((VectorDataViewType)score.Type).Size} slots "
                + $"for the {classes.Count} classes {string.Join(", ", classes)}");
        else
            return new ScoredModel(role, scored, label, score, classes);
        return null;
    }

    /// <summary>Begins a pass over the rows.</summary>
    public ScoredRows Read()
    {
        DataViewRowCursor cursor = _scored.GetRowCursor([_label, _score]);
        return new ScoredRows(cursor, ClassLabelColumn.CreateGetter(cursor, _label), cursor.GetGetter<VBuffer<float>>(_score), this);
    }

    private static IReadOnlyList<string>? FindClasses(
        DataViewSchema schema, string scoreColumn, DataViewSchema.Column label) =>
        ScoreColumn.ReadClasses(schema, scoreColumn) ?? LabelColumn.ReadClasses(label);
}
