using System.Collections;

namespace VisualSentiment.Common;

/// <summary>Numbers that follow one another, as a list that takes no memory.</summary>
internal sealed class IndexRange(int start, int count) : IReadOnlyList<int>
{
    public int Count => count;

    public int this[int index] => (uint)index < (uint)count ? start + index : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<int> GetEnumerator() => Enumerable.Range(start, count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
