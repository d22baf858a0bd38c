using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Distillation.Losses;

namespace VisualSentiment.Teaching;

/// <summary>Reads a teacher's scores from a column of vectors, one slot a class.</summary>
internal static class ScoreColumn
{
    private const string SlotNames = nameof(SlotNames);
    private const float LeastProbability = 1e-6f;

    /// <summary>The classes that the column's slots are named after; null where they have no names.</summary>
    public static IReadOnlyList<string>? ReadClasses(DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column
            || column.Annotations.Schema.GetColumnOrNull(SlotNames)?.Type is not VectorDataViewType { ItemType: TextDataViewType })
            return null;
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue(SlotNames, ref names);
        return [.. names.DenseValues().Select(slot => slot.ToString())];
    }

    /// <summary>Logits [rows, classes] from the column.</summary>
    /// <exception cref="TrainingDataException">
    /// The column is missing, of another type or size, or holds invalid numbers, or the data has another number of rows.
    /// </exception>
    public static float[] ReadLogits(IDataView data, string name, TeacherScoreKind kind, int rows, int classes)
    {
        if (data.Schema.GetColumnOrNull(name) is not { } column)
            throw new TrainingDataException([$"there is no teacher score column '{name}'; the columns are "
                + string.Join(", ", data.Schema.Select(c => c.Name))]);
        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType item } || item.RawType != typeof(float))
            throw new TrainingDataException([$"the teacher score column '{name}' is {column.Type}; it must be a vector of {classes} floats"]);

        float[] logits = new float[rows * classes];
        List<string> problems = [];
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> scores = default;
        int row = 0;
        for (; cursor.MoveNext(); row++)
        {
            // The rest is counted for the message.
            if (row >= rows)
                continue;
            getter(ref scores);
            if (scores.Length != classes)
            {
                problems.Add($"row {row} of '{name}' has {scores.Length} scores; there are {classes} classes");
                continue;
            }
            Span<float> target = logits.AsSpan(row * classes, classes);
            scores.CopyTo(target);
            if (FindError(target, kind) is { } error)
                problems.Add($"row {row} of '{name}' {error}");
            if (kind == TeacherScoreKind.Probabilities)
                foreach (ref float score in target)
                    score = MathF.Log(MathF.Max(score, LeastProbability));
        }
        if (row != rows)
            problems.Add($"the teacher has {row} rows in '{name}' for {rows} labeled images; it must keep every row, in its order");
        return problems.Count == 0 ? logits : throw new TrainingDataException(problems);
    }

    private static string? FindError(ReadOnlySpan<float> scores, TeacherScoreKind kind)
    {
        foreach (float score in scores)
        {
            if (!float.IsFinite(score))
                return $"holds {score}";
            if (kind == TeacherScoreKind.Probabilities && score is < 0 or > 1.0001f)
                return string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"holds {score}, which is no probability; if these are logits, say TeacherScoreKind.Logits");
        }
        return null;
    }
}
