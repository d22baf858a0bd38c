using Microsoft.ML.Data;

namespace VisualSentiment;

/// <summary>Tells the emotion that an image evokes. Thread-safe.</summary>
public interface ISentimentDetector
{
    /// <summary>The emotions it can tell, in the order of the scores.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>Predicts the emotion of an image file.</summary>
    /// <param name="path">The path of an image.</param>
    /// <exception cref="UnreadableImageException">
    /// The file is missing, is no image, is damaged, or is beyond <see cref="ImageLimits.Default"/>.
    /// </exception>
    SentimentPrediction Predict(string path);

    /// <summary>Predicts the emotion of an encoded image.</summary>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <exception cref="UnreadableImageException">
    /// The bytes are no image, are damaged, or are beyond <see cref="ImageLimits.Default"/>.
    /// </exception>
    SentimentPrediction Predict(ReadOnlySpan<byte> encoded);

    /// <summary>Predicts the emotion of an encoded image, which is read to its end. The stream stays open.</summary>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <exception cref="UnreadableImageException">
    /// The stream cannot be read, or its bytes are no image, are damaged, or are beyond <see
    /// cref="ImageLimits.Default"/>.
    /// </exception>
    SentimentPrediction Predict(Stream encoded);

    /// <summary>Predicts the emotion of a decoded image, which stays its owner's.</summary>
    /// <param name="image">The image, of any size.</param>
    SentimentPrediction Predict(MLImage image);

    /// <summary>Predicts the emotions of many image files, several at a time.</summary>
    /// <param name="paths">Paths of images. They are asked for as results are, a bounded number ahead.</param>
    /// <param name="options">How to go about it; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the work; reading the next result then throws.</param>
    /// <returns>
    /// A result for every image, in their order, computed while they are read. An image that cannot be read is a result
    /// with an error. Work that is no longer needed stops when the enumerator is disposed.
    /// </returns>
    /// <exception cref="ArgumentException">Options are out of range; the message lists all of them.</exception>
    IEnumerable<ImageResult> PredictMany(
        IEnumerable<string> paths, PredictManyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Predicts the emotions of many encoded images, several at a time.</summary>
    /// <param name="encoded">The bytes of image files, which must stay as they are until their result is there.</param>
    /// <param name="options">How to go about it; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the work; reading the next result then throws.</param>
    /// <inheritdoc cref="PredictMany(IEnumerable{string}, PredictManyOptions?, CancellationToken)"/>
    IEnumerable<ImageResult> PredictMany(
        IEnumerable<ReadOnlyMemory<byte>> encoded, PredictManyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Predicts the emotions of many encoded images, several at a time.</summary>
    /// <param name="encoded">
    /// Streams, each read to its end and then disposed, unless <see cref="PredictManyOptions.LeaveStreamsOpen"/> is set.
    /// </param>
    /// <param name="options">How to go about it; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the work; reading the next result then throws.</param>
    /// <inheritdoc cref="PredictMany(IEnumerable{string}, PredictManyOptions?, CancellationToken)"/>
    IEnumerable<ImageResult> PredictMany(
        IEnumerable<Stream> encoded, PredictManyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Predicts the emotions of many image files, several at a time, on the threads of the pool.</summary>
    /// <remarks>A result is given as soon as it and those before it are there, however slowly the source goes on.</remarks>
    /// <inheritdoc cref="PredictMany(IEnumerable{string}, PredictManyOptions?, CancellationToken)"/>
    IAsyncEnumerable<ImageResult> PredictManyAsync(
        IAsyncEnumerable<string> paths, PredictManyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Predicts the emotions of many encoded images, several at a time, on the threads of the pool.</summary>
    /// <inheritdoc cref="PredictMany(IEnumerable{ReadOnlyMemory{byte}}, PredictManyOptions?, CancellationToken)"/>
    IAsyncEnumerable<ImageResult> PredictManyAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> encoded, PredictManyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Predicts the emotions of many encoded images, several at a time, on the threads of the pool.</summary>
    /// <inheritdoc cref="PredictMany(IEnumerable{Stream}, PredictManyOptions?, CancellationToken)"/>
    IAsyncEnumerable<ImageResult> PredictManyAsync(
        IAsyncEnumerable<Stream> encoded, PredictManyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Predicts the emotion of an image file, and tells which regions speak for it and for every other one.</summary>
    /// <param name="path">The path of an image. It is read again for an overlay.</param>
    /// <exception cref="UnreadableImageException">
    /// The file is missing, is no image, is damaged, or is beyond <see cref="ImageLimits.Default"/>.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// The student does not end in global average pooling and dense layers; or this detector has no evidence maps.
    /// </exception>
    EvidenceMap Explain(string path) => throw NoEvidence();

    /// <summary>Predicts the emotion of an encoded image, and tells which regions speak for it and for every other one.</summary>
    /// <param name="encoded">The bytes of an image file. The result keeps a copy.</param>
    /// <inheritdoc cref="Explain(string)" path="/exception"/>
    EvidenceMap Explain(ReadOnlySpan<byte> encoded) => throw NoEvidence();

    /// <summary>
    /// Predicts the emotion of an encoded image, which is read to its end, and tells which regions speak for it and for every
    /// other one. The stream stays open.
    /// </summary>
    /// <param name="encoded">The bytes of an image file. The result keeps a copy.</param>
    /// <inheritdoc cref="Explain(string)" path="/exception"/>
    EvidenceMap Explain(Stream encoded) => throw NoEvidence();

    /// <summary>
    /// Predicts the emotion of a decoded image, which stays its owner's, and tells which regions speak for it and for every
    /// other one.
    /// </summary>
    /// <param name="image">The image, of any size. The result keeps a copy of its pixels.</param>
    /// <inheritdoc cref="Explain(string)" path="/exception"/>
    EvidenceMap Explain(MLImage image) => throw NoEvidence();

    private NotSupportedException NoEvidence() => new($"{GetType().Name} has no evidence maps; it does not implement {nameof(Explain)}.");
}
