namespace VisualSentiment.Training;

/// <summary>
/// Texts copied one after another into blocks that are used again: thousands of strings would live long enough to be moved among
/// what lasts, where they are collected late.
/// </summary>
internal sealed class TextBlocks
{
    private const int BlockLength = 16 * 1024;

    private readonly List<char[]> _blocks = [];
    private Memory<char> _free;
    private int _used;

    /// <summary>The copy of a text, which is there until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<char> Add(ReadOnlySpan<char> text)
    {
        if (text.Length > BlockLength)
            return text.ToString().AsMemory();
        if (text.Length > _free.Length)
        {
            if (_used == _blocks.Count)
                _blocks.Add(new char[BlockLength]);
            _free = _blocks[_used++];
        }
        text.CopyTo(_free.Span);
        ReadOnlyMemory<char> copy = _free[..text.Length];
        _free = _free[text.Length..];
        return copy;
    }

    public void Clear() => (_free, _used) = (default, 0);
}
