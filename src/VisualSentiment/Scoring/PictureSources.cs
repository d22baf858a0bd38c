namespace VisualSentiment.Scoring;

/// <summary>The ways there are to give pictures.</summary>
internal static class PictureSources
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
