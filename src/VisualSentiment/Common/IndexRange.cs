using System.Collections;

namespace VisualSentiment.Common;

/// <summary>Consecutive integers as a list that allocates no elements.</summary>
internal sealed class IndexRange(int start, int count) : IReadOnlyList<int>
{
    public int Count => count;

    public int this[int index] =>
        (uint)index < (uint)count ? start + index : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<int> GetEnumerator() => Enumerable.Range(start, count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
