using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Teaching;

/// <summary>Reads a teacher's scores from a vector column with one slot per class.</summary>
internal static class ScoreColumn
{
    private const string SlotNames = nameof(SlotNames);
    private const float MinProbability = 1e-6f;

    /// <summary>Reads the slot names of the column; null if it has none.</summary>
    public static IReadOnlyList<string>? ReadClasses(DataViewSchema schema, string name)
    {
        if (schema.GetColumnOrNull(name) is not { } column
            || column.Annotations.Schema.GetColumnOrNull(SlotNames)?.Type
                is not VectorDataViewType { ItemType: TextDataViewType })
            return null;
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue(SlotNames, ref names);
        return [.. names.DenseValues().Select(slot => slot.ToString())];
    }

    /// <summary>Reads logits [rows, classes] from the column.</summary>
    /// <exception cref="TrainingDataException">
    /// The column is missing or has another type or size, invalid values, or another number of rows.
    /// </exception>
    public static float[] ReadLogits(IDataView data, string name, TeacherScoreKind kind, int rows, int classes)
    {
        if (data.Schema.GetColumnOrNull(name) is not { } column)
            throw new TrainingDataException([$"there is no teacher score column '{name}'; the columns are "
                + string.Join(", ", data.Schema.Select(c => c.Name))]);
        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType item }
            || item.RawType != typeof(float))
            throw new TrainingDataException([
                $"the teacher score column '{name}' is {column.Type}; it must be a vector of {classes} floats"]);

        float[] logits = new float[rows * classes];
        List<string> problems = [];
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> scores = default;
        int row = 0;
        for (; cursor.MoveNext(); row++)
        {
            // More rows are only counted for the message.
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
                    score = MathF.Log(MathF.Max(score, MinProbability));
        }
        if (row != rows)
            problems.Add($"the teacher has {row} rows in '{name}' for {rows} labeled images; "
                + "it must keep all rows in their order");
        return problems.Count == 0 ? logits : throw new TrainingDataException(problems);
    }

    private static string? FindError(ReadOnlySpan<float> scores, TeacherScoreKind kind)
    {
        foreach (float score in scores)
        {
            if (!float.IsFinite(score))
                return $"has the value {score}";
            if (kind == TeacherScoreKind.Probabilities && score is < 0 or > 1.0001f)
                return string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"has the value {score}, which is not a probability; for logits, pass TeacherScoreKind.Logits");
        }
        return null;
    }
}
