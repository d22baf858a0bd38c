using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Prediction.DataView;

/// <summary>The values of one column in the prefetched rows.</summary>
internal abstract class PrefetchedColumn
{
    /// <summary>Whether values stay valid after their row. Objects such as images belong to their source.</summary>
    public static bool CanStore(DataViewType type) => type is PrimitiveDataViewType or VectorDataViewType;

    public static PrefetchedColumn Create(DataViewRow input, DataViewSchema.Column column, int slots)
    {
        var kind = column.Type is VectorDataViewType vector
            ? typeof(PrefetchedVectorColumn<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(PrefetchedValueColumn<>).MakeGenericType(column.Type.RawType);
        return (PrefetchedColumn)Activator.CreateInstance(kind, input, column, slots)!;
    }

    /// <summary>Stores the value of the input's current row.</summary>
    public abstract void Store(int slot);

    /// <summary>Creates a getter of the value in the slot that <paramref name="current"/> returns.</summary>
    public abstract Delegate CreateGetter(Func<int> current);
}

internal class PrefetchedValueColumn<T>(DataViewRow input, DataViewSchema.Column column, int slots) : PrefetchedColumn
{
    private readonly ValueGetter<T> _getter = input.GetGetter<T>(column);
    private readonly T[] _values = new T[slots];
    private readonly ExceptionDispatchInfo?[] _failures = new ExceptionDispatchInfo?[slots];

    public override void Store(int slot)
    {
        _failures[slot] = null;
        try
        {
            _getter(ref _values[slot]);
        }
        catch (Exception e)
        {
            // Thrown when the caller reaches the row.
            _failures[slot] = ExceptionDispatchInfo.Capture(e);
        }
    }

    public override Delegate CreateGetter(Func<int> current) => (ValueGetter<T>)((ref T value) =>
    {
        int slot = current();
        _failures[slot]?.Throw();
        Copy(in _values[slot], ref value);
    });

    protected virtual void Copy(in T stored, ref T value) => value = stored;
}

/// <summary>A column of vectors. Buffers are copied, because the stored ones are reused.</summary>
internal sealed class PrefetchedVectorColumn<T>(DataViewRow input, DataViewSchema.Column column, int slots)
    : PrefetchedValueColumn<VBuffer<T>>(input, column, slots)
{
    protected override void Copy(in VBuffer<T> stored, ref VBuffer<T> value) => stored.CopyTo(ref value);
}
