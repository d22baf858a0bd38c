using VisualSentiment.Imaging;

namespace VisualSentiment.Scoring;

/// <summary>One way to give pictures: how they are called, read and let go.</summary>
/// <param name="Name">What a picture is called, from it and its index.</param>
/// <param name="Read">Decodes a picture; the last argument is its name.</param>
/// <param name="Release">What is done with a picture once it is read, or not needed any more.</param>
internal sealed record PictureSource<T>(
    Func<T, long, string> Name, PictureSource<T>.Reader Read, Action<T> Release)
{
    /// <exception cref="UnreadableImageException">The picture is missing, is none, or is damaged.</exception>
    public delegate void Reader(PixelPreprocessor preprocessor, T picture, Span<byte> pixels, string name);
}

/// <summary>The ways there are.</summary>
internal static class PictureSource
{
    public static PictureSource<string> Paths { get; } = new(
        static (path, _) => path, static (preprocessor, path, pixels, _) => preprocessor.Read(path, pixels), static _ => { });

    public static PictureSource<ReadOnlyMemory<byte>> Encoded { get; } = new(
        NameByIndex, static (preprocessor, encoded, pixels, name) => preprocessor.Read(encoded.Span, pixels, name), static _ => { });

    private static PictureSource<Stream> OpenStreams { get; } = new(
        NameByIndex, static (preprocessor, stream, pixels, name) => preprocessor.Read(stream, pixels, name), static _ => { });

    private static PictureSource<Stream> OwnedStreams { get; } = OpenStreams with { Release = static stream => stream.Dispose() };

    public static PictureSource<Stream> Streams(bool leaveOpen) => leaveOpen ? OpenStreams : OwnedStreams;

    private static string NameByIndex<T>(T picture, long index) => FormattableString.Invariant($"picture {index}");
}
