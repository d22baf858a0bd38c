using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Prediction.DataView;

/// <summary>A column of values of a type.</summary>
internal class PrefetchedValueColumn<T>(DataViewRow input, DataViewSchema.Column column, int slots) : PrefetchedColumn
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
