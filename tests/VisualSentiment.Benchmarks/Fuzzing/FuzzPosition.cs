using System.IO.MemoryMappedFiles;

namespace VisualSentiment.Benchmarks.Fuzzing;

/// <summary>
/// The current mutation of a worker, in memory that it shares with its parent.
/// </summary>
internal sealed class FuzzPosition : IDisposable
{
    private const int IndexAt = 0, StartedAt = sizeof(long), Size = 2 * sizeof(long);

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public FuzzPosition(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Size);
        _view = _file.CreateViewAccessor(0, Size);
    }

    /// <summary>The index of the mutation that is read; all before it are done.</summary>
    public long Index
    {
        get => _view.ReadInt64(IndexAt);
        set => _view.Write(IndexAt, value);
    }

    /// <summary>The processor time of the worker when it started to read the mutation; null before that.</summary>
    public TimeSpan? Started
    {
        get => _view.ReadInt64(StartedAt) is > 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;
        set => _view.Write(StartedAt, value?.Ticks ?? 0);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
