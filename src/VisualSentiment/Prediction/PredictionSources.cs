namespace VisualSentiment.Prediction;

/// <summary>The ways there are to give images.</summary>
internal static class PredictionSources
{
    public static PredictionSource<string> Paths { get; } = new(
        static (path, _) => path, static (preprocessor, path, pixels, _) => preprocessor.Read(path, pixels), static _ => { });

    public static PredictionSource<ReadOnlyMemory<byte>> Encoded { get; } = new(
        NameByIndex, static (preprocessor, encoded, pixels, name) => preprocessor.Read(encoded.Span, pixels, name), static _ => { });

    private static PredictionSource<Stream> OpenStreams { get; } = new(
        NameByIndex, static (preprocessor, stream, pixels, name) => preprocessor.Read(stream, pixels, name), static _ => { });

    private static PredictionSource<Stream> OwnedStreams { get; } = OpenStreams with { Release = static stream => stream.Dispose() };

    public static PredictionSource<Stream> Streams(bool leaveOpen) => leaveOpen ? OpenStreams : OwnedStreams;

    private static string NameByIndex<T>(T image, long index) => FormattableString.Invariant($"image {index}");
}
