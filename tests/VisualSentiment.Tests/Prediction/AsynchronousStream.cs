namespace VisualSentiment.Tests.Prediction;

/// <summary>The body of a web request: not seekable, read in small pieces, and only asynchronously.</summary>
internal sealed class AsynchronousStream(byte[] content) : MemoryStream
{
    private int _position;

    public override bool CanSeek => false;

    public override int Read(Span<byte> buffer) => throw new InvalidOperationException("Synchronous operations are disallowed.");

    public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("Synchronous operations are disallowed.");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Delay(1, cancellationToken);
        int read = Math.Min(Math.Min(buffer.Length, 777), content.Length - _position);
        content.AsSpan(_position, read).CopyTo(buffer.Span);
        _position += read;
        return read;
    }
}
