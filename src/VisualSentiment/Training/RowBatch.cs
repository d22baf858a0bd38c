namespace VisualSentiment.Training;

/// <summary>The rows that are looked at together, in arrays that are used again for the next.</summary>
/// <param name="capacity">How many rows there is room for.</param>
/// <param name="keyOf">The key of the picture at a path; null for one without.</param>
internal sealed class RowBatch(int capacity, Func<ReadOnlyMemory<char>, UInt128?> keyOf)
{
    private readonly TextBlocks _texts = new();
    private readonly int[] _slots = new int[capacity];
    private readonly Dictionary<UInt128, int> _slotOfKey = new(capacity);

    public int Count { get; private set; }

    public bool IsFull => Count == capacity;

    /// <summary>Which rows they are.</summary>
    public int[] Rows { get; } = new int[capacity];

    /// <summary>The paths of their pictures.</summary>
    public ReadOnlyMemory<char>[] Paths { get; } = new ReadOnlyMemory<char>[capacity];

    /// <summary>Their keys, once they are read; 0 for none.</summary>
    public UInt128[] Keys { get; } = new UInt128[capacity];

    /// <param name="row">Which row it is.</param>
    /// <param name="path">The path of its picture, which is copied.</param>
    public void Add(int row, ReadOnlyMemory<char> path)
    {
        Rows[Count] = row;
        Paths[Count++] = _texts.Add(path.Span);
    }

    public UInt128 ReadKey(int i) => Keys[i] = keyOf(Paths[i]) ?? 0;

    /// <summary>Gives a slot to each row but those that need none; rows of one key share it.</summary>
    /// <returns>For each slot, the first row that has it.</returns>
    public int[] AssignSlots(Func<int, bool> needsNone)
    {
        _slotOfKey.Clear();
        List<int> first = [];
        for (int i = 0; i < Count; i++)
        {
            _slots[i] = -1;
            if (needsNone(i) || (Keys[i] != 0 && _slotOfKey.TryGetValue(Keys[i], out _slots[i])))
                continue;
            _slots[i] = first.Count;
            if (Keys[i] != 0)
                _slotOfKey.Add(Keys[i], first.Count);
            first.Add(i);
        }
        return [.. first];
    }

    /// <summary>The slot that a row was given; null for none.</summary>
    public int? SlotOf(int i) => _slots[i] < 0 ? null : _slots[i];

    public void Clear()
    {
        Count = 0;
        _texts.Clear();
    }
}
