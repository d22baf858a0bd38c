namespace VisualSentiment.Training;

/// <summary>
/// Brings packs to the disk one after the other, beside the decoding of the next, and has the system forget their pages: for stores
/// that are too large to stay in RAM. They would push out everything else that the system keeps, and new pages for all of them take longer than
/// the disk where a virtual machine has to get each from its host. Training reads its pictures ahead in any case.
/// </summary>
internal sealed class WriteBehind : IDisposable
{
    private Task _last = Task.CompletedTask;
    private PixelPack? _next;

    /// <summary>What comes next to the disk.</summary>
    public void Add(PixelPack pack) => _next = pack;

    /// <summary>
    /// Begins with what was added, once what came before it is on the disk: there are never pages of more than two packs. It is called when the
    /// file of the next pack has been made, which would otherwise wait for the disk, too.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Begin()
    {
        _last.GetAwaiter().GetResult();
        if (_next is { } pack)
            _last = Task.Run(pack.MoveToDisk);
        _next = null;
    }

    /// <summary>Waits until everything is on the disk.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Complete()
    {
        Begin();
        _last.GetAwaiter().GetResult();
    }

    /// <summary>Waits for what has begun; where that is not complete, something else has failed.</summary>
    public void Dispose()
    {
        Task.WaitAny(_last);
        _ = _last.Exception;
    }
}
