using Microsoft.ML;
using Microsoft.ML.Data;
using VisualSentiment.Data.Columns;
using VisualSentiment.Onnx.Validation;
using VisualSentiment.Quantization;

namespace VisualSentiment.Data;

/// <summary>
/// The rows of some data by class, each class shuffled: in the order of a hash over the seed and what a row holds.
/// </summary>
internal sealed class StratifiedRows
{
    private readonly SortedDictionary<string, DataViewRowId[]> _classes = new(StringComparer.Ordinal);

    private StratifiedRows()
    {
    }

    /// <exception cref="ArgumentException">The label column is missing, of another type, or empty in some rows.</exception>
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
                string held = getContent();
                if (!rows.TryGetValue(name, out var ofClass))
                    rows.Add(name, ofClass = []);
                ofClass.Add((RowContent.Hash(held, seed), held, id));
            }
        }
        if (count == 0)
            throw new ArgumentException("The data has no rows", nameof(data));
        if (unlabeled > 0)
            throw new ArgumentException($"{unlabeled} of {count} rows have no value in the label column '{labelColumn}'", nameof(data));

        var result = new StratifiedRows();
        foreach (var (name, ofClass) in rows)
        {
            // A stable sort: rows that hold the same are interchangeable.
            result._classes.Add(name, [.. ofClass
                .OrderBy(row => row.Hash).ThenBy(row => row.Content, StringComparer.Ordinal).Select(row => row.Id)]);
        }
        return result;
    }

    /// <summary>Part 1 is the fraction of each class, rounded, but at least one row and not all of them; part 0 the rest.</summary>
    /// <exception cref="ArgumentException">A class has fewer than two rows.</exception>
    public RowPartition Split(double fraction)
    {
        CheckCounts(2, "Both parts of a split need a row of every class", "leave these classes out");
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

    /// <summary>Parts 0 to <paramref name="folds"/> - 1, whose sizes differ by at most one, as do those of each class.</summary>
    /// <exception cref="ArgumentException">A class has fewer rows than there are folds.</exception>
    public RowPartition Fold(int folds)
    {
        CheckCounts(folds, $"Each of {folds} folds needs a row of every class",
            $"ask for at most {_classes.Values.Min(rows => rows.Length)} folds");
        var partition = new RowPartition();

        // Dealt on from class to class, so that what is left over of each does not pile up in the first fold.
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

    private void CheckCounts(int least, string rule, string wayOut)
    {
        var small = _classes.Where(c => c.Value.Length < least).Select(c => $"'{c.Key}' has {c.Value.Length}").ToList();
        if (small.Count > 0)
            throw new ArgumentException($"{rule}, but {string.Join(", ", small)}; add rows or {wayOut}");
    }
}
