using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Prediction.DataView;

/// <summary>The values of one column in the rows that were read ahead.</summary>
internal abstract class PrefetchedColumn
{
    /// <summary>Whether values outlast their row: numbers, text, keys, times and vectors of them. Others have owners.</summary>
    public static bool CanKeep(DataViewType type) => type is PrimitiveDataViewType or VectorDataViewType;

    /// <param name="input">The cursor that is read.</param>
    /// <param name="column">One of its active columns.</param>
    /// <param name="slots">How many rows are kept.</param>
    public static PrefetchedColumn Create(DataViewRow input, DataViewSchema.Column column, int slots)
    {
        var kind = column.Type is VectorDataViewType vector
            ? typeof(PrefetchedVectorColumn<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(PrefetchedValueColumn<>).MakeGenericType(column.Type.RawType);
        return (PrefetchedColumn)Activator.CreateInstance(kind, input, column, slots)!;
    }

    /// <summary>Keeps the value of the input's current row.</summary>
    public abstract void Keep(int slot);

    /// <summary>A getter of the value in the slot that <paramref name="current"/> tells.</summary>
    public abstract Delegate CreateGetter(Func<int> current);
}
