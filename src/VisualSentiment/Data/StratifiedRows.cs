using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Data.Columns;
using static Microsoft.ML.DataOperationsCatalog;

namespace VisualSentiment.Data;

/// <summary>
/// The rows of a data view by class. Each class is shuffled: it is in the order of a hash of the seed and the row's content.
/// </summary>
internal sealed class StratifiedRows
{
    private readonly SortedDictionary<string, DataViewRowId[]> _classes = new(StringComparer.Ordinal);

    private StratifiedRows()
    {
    }

    /// <exception cref="ArgumentException">The label column is missing, not text or a key, or has empty values.</exception>
    public static StratifiedRows Read(IDataView data, string labelColumn, int seed)
    {
        var label = ClassLabelColumn.Find(data.Schema, labelColumn);
        var content = RowContent.FindColumns(data.Schema, label);
        var rows = new Dictionary<string, List<(ulong Hash, string Content, DataViewRowId Id)>>(StringComparer.Ordinal);
        long count = 0, unlabeled = 0;
        using (var cursor = data.GetRowCursor([label, .. content]))
        {
            var getId = cursor.GetIdGetter();
            var getLabel = ClassLabelColumn.CreateGetter(cursor, label);
            var getContent = RowContent.CreateGetter(cursor, content);
            DataViewRowId id = default;
            for (; cursor.MoveNext(); count++)
            {
                if (getLabel() is not { } name)
                {
                    unlabeled++;
                    continue;
                }
                getId(ref id);
                string text = getContent();
                if (!rows.TryGetValue(name, out var ofClass))
                    rows.Add(name, ofClass = []);
                ofClass.Add((RowContent.Hash(text, seed), text, id));
            }
        }
        if (count == 0)
            throw new ArgumentException("The data has no rows", nameof(data));
        if (unlabeled > 0)
            throw new ArgumentException($"{unlabeled} of {count} rows have no value in the label column '{labelColumn}'", nameof(data));

        var result = new StratifiedRows();
        foreach (var (name, ofClass) in rows)
        {
            // Rows with the same content are interchangeable.
            result._classes.Add(name, [.. ofClass
                .OrderBy(row => row.Hash).ThenBy(row => row.Content, StringComparer.Ordinal).Select(row => row.Id)]);
        }
        return result;
    }

    /// <summary>Splits into part 1, the rounded fraction of each class but at least one row and not all, and part 0, the rest.</summary>
    /// <exception cref="ArgumentException">A class has fewer than two rows.</exception>
    public RowPartition Split(double fraction)
    {
        CheckCounts(2, "Both parts of a split need a row of every class", "remove these classes");
        var partition = new RowPartition();
        foreach (var rows in _classes.Values)
        {
            double ideal = Math.Round(rows.Length * fraction, MidpointRounding.AwayFromZero);
            int taken = (int)Math.Clamp(ideal, 1, rows.Length - 1);
            for (int i = 0; i < rows.Length; i++)
                partition.Assign(rows[i], i < taken ? 1 : 0);
        }
        return partition;
    }

    /// <summary>Splits into <paramref name="folds"/> parts, whose sizes, in total and per class, differ by at most one.</summary>
    /// <exception cref="ArgumentException">A class has fewer rows than there are folds.</exception>
    public RowPartition Fold(int folds)
    {
        CheckCounts(folds, $"Each of {folds} folds needs a row of every class",
            $"use at most {_classes.Values.Min(rows => rows.Length)} folds");
        var partition = new RowPartition();

        // Continued from class to class, so that the remainders of the classes do not add up in the first fold.
        int next = 0;
        foreach (var rows in _classes.Values)
        {
            foreach (var row in rows)
            {
                partition.Assign(row, next);
                next = (next + 1) % folds;
            }
        }
        return partition;
    }

    private void CheckCounts(int min, string rule, string remedy)
    {
        var small = _classes.Where(c => c.Value.Length < min).Select(c => $"'{c.Key}' has {c.Value.Length}").ToList();
        if (small.Count > 0)
            throw new ArgumentException($"{rule}, but {string.Join(", ", small)}; add rows or {remedy}");
    }
}

/// <summary>Splits data into ML.NET's pairs of training and test sets.</summary>
internal static class StratifiedParts
{
    public static TrainTestData Split(IDataView data, double testFraction, string labelColumn, int seed) =>
        TestOn(data, StratifiedRows.Read(data, labelColumn, seed).Split(testFraction), part: 1);

    public static IReadOnlyList<TrainTestData> Folds(IDataView data, int folds, string labelColumn, int seed)
    {
        var partition = StratifiedRows.Read(data, labelColumn, seed).Fold(folds);
        return [.. Enumerable.Range(0, folds).Select(part => TestOn(data, partition, part))];
    }

    private static TrainTestData TestOn(IDataView data, RowPartition partition, int part) => Create(
        new RowSubset(data, partition, part, complement: true), new RowSubset(data, partition, part, complement: false));

    // The constructor of ML.NET's type is internal; code written for ML.NET's splits also works with these.
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern TrainTestData Create(IDataView trainSet, IDataView testSet);
}
