using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Prediction.DataView;

/// <summary>The getters of a scored row or cursor: those of the input, and the two added after them.</summary>
/// <param name="input">The row, or cursor, that is scored.</param>
/// <param name="schema">The schema with the added columns.</param>
/// <param name="active">Which of its columns are wanted.</param>
/// <param name="scorer">Null where neither of the added columns is wanted.</param>
internal sealed class ScoredRowGetters(DataViewRow input, DataViewSchema schema, bool[] active, RowScorer? scorer)
{
    public DataViewSchema Schema => schema;

    public bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!active[column.Index])
            throw new ArgumentException($"the column '{column.Name}' is not active in this cursor", nameof(column));
        if (column.Index < input.Schema.Count)
            return input.GetGetter<TValue>(input.Schema[column.Index]);
        Delegate getter = column.Index == schema.Count - 1
            ? (ValueGetter<VBuffer<float>>)scorer!.GetScore
            : (ValueGetter<uint>)scorer!.GetPredictedLabel;
        return getter as ValueGetter<TValue>
            ?? throw new ArgumentException($"the column '{column.Name}' is {column.Type}, not {typeof(TValue)}", nameof(column));
    }
}
