using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Scoring;

/// <summary>The values of one column in the rows that were read ahead.</summary>
internal abstract class AheadColumn
{
    /// <summary>Whether values outlast their row: numbers, text, keys, times and vectors of them. Others have owners.</summary>
    public static bool CanKeep(DataViewType type) => type is PrimitiveDataViewType or VectorDataViewType;

    /// <param name="input">The cursor that is read.</param>
    /// <param name="column">One of its active columns.</param>
    /// <param name="slots">How many rows are kept.</param>
    public static AheadColumn Create(DataViewRow input, DataViewSchema.Column column, int slots)
    {
        var kind = column.Type is VectorDataViewType vector
            ? typeof(AheadVectorColumn<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(AheadColumn<>).MakeGenericType(column.Type.RawType);
        return (AheadColumn)Activator.CreateInstance(kind, input, column, slots)!;
    }

    /// <summary>Keeps the value of the input's current row.</summary>
    public abstract void Keep(int slot);

    /// <summary>A getter of the value in the slot that <paramref name="current"/> tells.</summary>
    public abstract Delegate CreateGetter(Func<int> current);
}

/// <summary>A column of values of a type.</summary>
internal class AheadColumn<T>(DataViewRow input, DataViewSchema.Column column, int slots) : AheadColumn
{
    private readonly ValueGetter<T> _getter = input.GetGetter<T>(column);
    private readonly T[] _values = new T[slots];
    private readonly ExceptionDispatchInfo?[] _failures = new ExceptionDispatchInfo?[slots];

    public override void Keep(int slot)
    {
        _failures[slot] = null;
        try
        {
            _getter(ref _values[slot]);
        }
        catch (Exception e)
        {
            // It belongs to that row, which has not been reached yet.
            _failures[slot] = ExceptionDispatchInfo.Capture(e);
        }
    }

    public override Delegate CreateGetter(Func<int> current) => (ValueGetter<T>)((ref T value) =>
    {
        int slot = current();
        _failures[slot]?.Throw();
        Copy(in _values[slot], ref value);
    });

    protected virtual void Copy(in T kept, ref T value) => value = kept;
}

/// <summary>A column of vectors: buffers are copied, since a kept one is filled anew.</summary>
internal sealed class AheadVectorColumn<T>(DataViewRow input, DataViewSchema.Column column, int slots)
    : AheadColumn<VBuffer<T>>(input, column, slots)
{
    protected override void Copy(in VBuffer<T> kept, ref VBuffer<T> value) => kept.CopyTo(ref value);
}
