using System.Runtime.CompilerServices;
using VisualSentiment.Imaging;

namespace VisualSentiment;

/// <summary>Predicts the emotion that an image evokes. Implementations are thread-safe.</summary>
/// <remarks>
/// A class needs only <see cref="Classes"/> and <see cref="Predict(ReadOnlyMemory{byte})"/> to replace the detector in
/// a test; the other members read the image and call <c>Predict</c>.
/// <code>
/// sealed class FakeDetector : ISentimentDetector
/// {
///     public IReadOnlyList&lt;string&gt; Classes => ["awe", "fear"];
///
///     public SentimentPrediction Predict(ReadOnlyMemory&lt;byte&gt; encoded) =>
///         new(new Dictionary&lt;string, float&gt; { ["awe"] = 0.9f, ["fear"] = 0.1f });
/// }
/// </code>
/// </remarks>
public interface ISentimentDetector
{
    /// <summary>Gets the names of the emotions, in the order of the model's scores.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>Predicts the emotion of an encoded image.</summary>
    /// <param name="encoded">The content of an image file.</param>
    /// <exception cref="UnreadableImageException">
    /// The bytes are not a supported image, are damaged, or exceed the <see cref="ImageLimits"/>.
    /// </exception>
    SentimentPrediction Predict(ReadOnlyMemory<byte> encoded);

    /// <summary>Predicts the emotion of an encoded image. The stream is read to its end and stays open.</summary>
    /// <param name="encoded">The content of an image file.</param>
    /// <exception cref="UnreadableImageException">
    /// The stream cannot be read, or its content is not a supported image, is damaged, or exceeds the
    /// <see cref="ImageLimits"/>.
    /// </exception>
    SentimentPrediction Predict(Stream encoded)
    {
        using var bytes = PooledBytes.Read(encoded, PixelPreprocessor.EncodedImage);
        return Predict(bytes.Span.ToArray());
    }

    /// <summary>Predicts the emotion of an image file.</summary>
    /// <param name="path">The path of an image.</param>
    /// <exception cref="UnreadableImageException">
    /// The file is missing, is not a supported image, is damaged, or exceeds the <see cref="ImageLimits"/>.
    /// </exception>
    SentimentPrediction Predict(string path)
    {
        using var bytes = ImageFile.Read(path);
        return Predict(bytes.Span.ToArray());
    }

    /// <summary>Predicts the emotion of an image, which is read asynchronously. The stream stays open.</summary>
    /// <param name="encoded">The content of an image file, for example the body of a web request.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <inheritdoc cref="Predict(Stream)" path="/exception"/>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    Task<SentimentPrediction> PredictAsync(Stream encoded, CancellationToken cancellationToken = default) =>
        PredictAsync(encoded, PixelPreprocessor.EncodedImage, cancellationToken);

    /// <summary>Predicts the emotion of an image file, which is read asynchronously.</summary>
    /// <param name="path">The path of an image.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <inheritdoc cref="Predict(string)" path="/exception"/>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    async Task<SentimentPrediction> PredictAsync(string path, CancellationToken cancellationToken = default)
    {
        await using FileStream file = ImageFile.Open(path, FileOptions.Asynchronous);
        return await PredictAsync(file, path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Predicts the emotion of an encoded image on a thread of the pool.</summary>
    /// <param name="encoded">The content of an image file, which must not change until the task ends.</param>
    /// <param name="cancellationToken">Cancels the prediction if it has not started.</param>
    /// <inheritdoc cref="Predict(ReadOnlyMemory{byte})" path="/exception"/>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    Task<SentimentPrediction> PredictAsync(
        ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken = default) =>
        Task.Run(() => Predict(encoded), cancellationToken);

    /// <summary>Predicts the emotions of many encoded images, which are read asynchronously.</summary>
    /// <param name="encoded">
    /// The content of image files. Each stream is read to its end, only by asynchronous calls, and then disposed,
    /// unless <see cref="PredictManyOptions.LeaveStreamsOpen"/> is set.
    /// </param>
    /// <param name="options">Options, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>One result per image, in order. An image that cannot be read is a result with an error.</returns>
    /// <exception cref="ArgumentException">One or more options are invalid; the message lists them.</exception>
    async IAsyncEnumerable<ImageResult> PredictManyAsync(IAsyncEnumerable<Stream> encoded,
        PredictManyOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long index = 0;
        await foreach (Stream stream in encoded.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            string name = FormattableString.Invariant($"image {index}");
            ImageResult result;
            try
            {
                result = new(index, name, await PredictAsync(stream, cancellationToken).ConfigureAwait(false));
            }
            catch (UnreadableImageException e)
            {
                result = new(index, name, e);
            }
            finally
            {
                if (options?.LeaveStreamsOpen != true)
                    await stream.DisposeAsync().ConfigureAwait(false);
            }
            index++;
            yield return result;
        }
    }

    private async Task<SentimentPrediction> PredictAsync(
        Stream encoded, string name, CancellationToken cancellationToken)
    {
        using var bytes = await PooledBytes.ReadAsync(encoded, name, limits: null, cancellationToken)
            .ConfigureAwait(false);
        return await PredictAsync(bytes.Span.ToArray(), cancellationToken).ConfigureAwait(false);
    }
}
