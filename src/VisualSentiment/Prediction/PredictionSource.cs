using Microsoft.ML.Data;
using VisualSentiment.Imaging;

namespace VisualSentiment.Prediction;

/// <summary>A kind of image that <c>PredictMany</c> accepts.</summary>
/// <param name="Name">Gets the name of an image in messages, from the image and its index.</param>
/// <param name="Read">Decodes an image.</param>
/// <param name="Release">Called for each image once it is read, or if it is not needed anymore.</param>
internal sealed record PredictionSource<T>(Func<T, long, string> Name, ImageScorer.Reader<T> Read, Action<T> Release)
{
    /// <summary>
    /// Reads the encoded image asynchronously; null for images that <see cref="Read"/> reads on a thread of the pool.
    /// </summary>
    public Func<ImageLimits?, T, string, CancellationToken, Task<PooledBytes>>? LoadAsync { get; init; }
}

internal static class PredictionSources
{
    public static PredictionSource<string> Paths { get; } = new(
        static (path, _) => path,
        static (preprocessor, path, pixels, _) => preprocessor.Read(path, pixels),
        static _ => { });

    public static PredictionSource<ReadOnlyMemory<byte>> Encoded { get; } = new(
        NameByIndex,
        static (preprocessor, encoded, pixels, name) => preprocessor.Read(encoded.Span, pixels, name),
        static _ => { });

    public static PredictionSource<MLImage> Decoded { get; } = new(
        NameByIndex, static (preprocessor, image, pixels, _) => preprocessor.Read(image, pixels), static _ => { });

    public static PredictionSource<Stream> Streams(bool leaveOpen) => new(
        NameByIndex, static (preprocessor, stream, pixels, name) => preprocessor.Read(stream, pixels, name),
        leaveOpen ? static _ => { } : static stream => stream.Dispose())
    {
        LoadAsync = static (limits, stream, name, cancellationToken) =>
            PooledBytes.ReadAsync(stream, name, limits, cancellationToken),
    };

    private static string NameByIndex<T>(T image, long index) => FormattableString.Invariant($"image {index}");
}
