using System.Buffers;
using System.Drawing;
using Microsoft.ML.Data;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Prediction;
using VisualSentiment.Prediction.Explanations;

namespace VisualSentiment;

/// <summary>
/// Predicts emotions with a distilled student or a saved teacher. Thread-safe; load a model once and use it on any
/// number of threads. It requires neither libtorch nor an <c>MLContext</c>.
/// </summary>
/// <remarks>
/// Predictions throw an <see cref="InvalidModelException"/> if the model's scores are not numbers or ONNX Runtime
/// cannot compute it, and an <see cref="ObjectDisposedException"/> after <see cref="Dispose"/>.
/// </remarks>
public sealed class SentimentDetector : ISentimentDetector, IDisposable
{
    private readonly OnnxClassifier _classifier;
    private readonly PixelPreprocessor _preprocessor;
    private readonly ImageScorer _scorer;

    private SentimentDetector(byte[] model, string name, DetectorOptions? options)
    {
        _classifier = new OnnxClassifier(model, name, options);
        _preprocessor = new PixelPreprocessor(_classifier.Fit, options?.Limits);
        _scorer = new ImageScorer(_classifier, _preprocessor);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _classifier.Classes;

    /// <summary>Gets the description of the model, from its metadata.</summary>
    public SentimentModelInfo Info => new(_classifier.Info);

    /// <summary>Loads a student from an ONNX file, or from a model saved with <c>ml.Model.Save</c>.</summary>
    /// <param name="path">The path of the <c>.onnx</c> or <c>.zip</c> file.</param>
    /// <param name="options">Options, or null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidModelException">
    /// The file is missing, damaged, exceeds the limits for models, or does not contain a student of this library.
    /// </exception>
    public static SentimentDetector Load(string path, DetectorOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options?.Validate(nameof(options));
        return new(ModelFile.Read(path), path, options);
    }

    /// <summary>Loads a student from a stream, which is read to its end and stays open.</summary>
    /// <param name="stream">The content of an <c>.onnx</c> or <c>.zip</c> file.</param>
    /// <param name="options">Options, or null for the defaults.</param>
    /// <inheritdoc cref="Load(string, DetectorOptions?)" path="/exception"/>
    public static SentimentDetector Load(Stream stream, DetectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(stream, "stream", options);
    }

    /// <summary>Loads a student from memory, for example from an embedded resource.</summary>
    /// <param name="model">The content of an <c>.onnx</c> or <c>.zip</c> file, which is copied.</param>
    /// <param name="options">Options, or null for the defaults.</param>
    /// <inheritdoc cref="Load(string, DetectorOptions?)" path="/exception"/>
    public static SentimentDetector Load(ReadOnlyMemory<byte> model, DetectorOptions? options = null) =>
        Load(new MemoryStream(model.ToArray(), writable: false), "model", options);

    /// <summary>Loads a student from a file without blocking a thread on I/O.</summary>
    /// <param name="path">The path of the <c>.onnx</c> or <c>.zip</c> file, which is read as a whole.</param>
    /// <param name="options">Options, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <inheritdoc cref="Load(string, DetectorOptions?)" path="/exception"/>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static async Task<SentimentDetector> LoadAsync(
        string path, DetectorOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options?.Validate(nameof(options));
        byte[] model = await ModelFile.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => new SentimentDetector(model, path, options), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Loads a student from a stream, which is read to its end by asynchronous calls alone and stays open.
    /// </summary>
    /// <param name="stream">The content of an <c>.onnx</c> or <c>.zip</c> file.</param>
    /// <param name="options">Options, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <inheritdoc cref="LoadAsync(string, DetectorOptions?, CancellationToken)" path="/exception"/>
    public static async Task<SentimentDetector> LoadAsync(
        Stream stream, DetectorOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options?.Validate(nameof(options));
        byte[] model = await ModelFile.ReadAsync(stream, "stream", cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => new SentimentDetector(model, "stream", options), cancellationToken)
            .ConfigureAwait(false);
    }

    private static SentimentDetector Load(Stream stream, string name, DetectorOptions? options)
    {
        options?.Validate(nameof(options));
        return new(ModelFile.Read(stream, name), name, options);
    }

    /// <inheritdoc/>
    public SentimentPrediction Predict(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return _scorer.Predict(path, path, PredictionSources.Paths.Read);
    }

    /// <inheritdoc/>
    public SentimentPrediction Predict(ReadOnlyMemory<byte> encoded) =>
        _scorer.Predict(encoded.Span, PixelPreprocessor.EncodedImage);

    /// <inheritdoc/>
    public SentimentPrediction Predict(Stream encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return _scorer.Predict(encoded, PixelPreprocessor.EncodedImage, static (preprocessor, encoded, pixels, name) =>
            preprocessor.Read(encoded, pixels, name));
    }

    /// <summary>Predicts the emotion of a decoded image. The caller disposes the image.</summary>
    /// <param name="image">The image, of any size.</param>
    public SentimentPrediction Predict(MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return _scorer.Predict(image, PixelPreprocessor.EncodedImage, PredictionSources.Decoded.Read);
    }

    /// <summary>Predicts the emotion of a decoded image, such as a frame of a video.</summary>
    /// <param name="pixels">The rows of the image from top to bottom; the last one may end without its gap.</param>
    /// <param name="width">The width in pixels; at least 1.</param>
    /// <param name="height">The height in pixels; at least 1.</param>
    /// <param name="format">The bytes of a pixel. Transparent pixels are blended with white.</param>
    /// <param name="stride">The number of bytes from one row to the next; 0 for rows without gaps.</param>
    /// <exception cref="ArgumentException">
    /// A size is out of range, or the number of bytes does not match the size.
    /// </exception>
    /// <exception cref="UnreadableImageException">There is no memory for the image.</exception>
    public SentimentPrediction Predict(
        ReadOnlySpan<byte> pixels, int width, int height, RawPixelFormat format, int stride = 0) =>
        _scorer.Predict(new RawImage(pixels, width, height, format, stride), "pixels",
            static (preprocessor, image, pixels, name) => preprocessor.Read(image, pixels, name));

    /// <summary>Predicts the emotion of pixels that <c>ReadPixels</c> returned, or that a client computed.</summary>
    /// <param name="pixels">224 x 224 RGB bytes, height-width-channel: 150,528 bytes.</param>
    /// <exception cref="ArgumentException">The number of bytes is not 150,528.</exception>
    public SentimentPrediction PredictPixels(ReadOnlySpan<byte> pixels)
    {
        if (pixels.Length != PixelFormat.ByteCount)
            throw new ArgumentException(FormattableString.Invariant(
                $"There are {pixels.Length} bytes; 224 x 224 RGB pixels have {PixelFormat.ByteCount}."), nameof(pixels));
        return _scorer.Predict(pixels);
    }

    /// <summary>Decodes an image file and fits it to the input of the model.</summary>
    /// <param name="path">The path of an image.</param>
    /// <returns>
    /// The input of the model, to compare clients with: 224 x 224 RGB bytes, height-width-channel, 150,528 bytes.
    /// </returns>
    /// <inheritdoc cref="ISentimentDetector.Predict(string)" path="/exception"/>
    public byte[] ReadPixels(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] pixels = new byte[PixelFormat.ByteCount];
        _preprocessor.Read(path, pixels);
        return pixels;
    }

    /// <summary>Decodes an encoded image and fits it to the input of the model.</summary>
    /// <param name="encoded">The content of an image file.</param>
    /// <inheritdoc cref="ReadPixels(string)" path="/returns"/>
    /// <inheritdoc cref="ISentimentDetector.Predict(ReadOnlyMemory{byte})" path="/exception"/>
    public byte[] ReadPixels(ReadOnlyMemory<byte> encoded)
    {
        byte[] pixels = new byte[PixelFormat.ByteCount];
        _preprocessor.Read(encoded.Span, pixels, PixelPreprocessor.EncodedImage);
        return pixels;
    }

    /// <summary>Decodes an encoded image and fits it to the input of the model. The stream stays open.</summary>
    /// <param name="encoded">The content of an image file.</param>
    /// <inheritdoc cref="ReadPixels(string)" path="/returns"/>
    /// <inheritdoc cref="ISentimentDetector.Predict(Stream)" path="/exception"/>
    public byte[] ReadPixels(Stream encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        byte[] pixels = new byte[PixelFormat.ByteCount];
        _preprocessor.Read(encoded, pixels, PixelPreprocessor.EncodedImage);
        return pixels;
    }

    /// <inheritdoc/>
    public Task<SentimentPrediction> PredictAsync(
        ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken = default) =>
        Task.Run(() => Predict(encoded), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The prediction runs on a thread of the pool.</remarks>
    public Task<SentimentPrediction> PredictAsync(Stream encoded, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return PredictAsync(encoded, PixelPreprocessor.EncodedImage, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>The prediction runs on a thread of the pool.</remarks>
    public async Task<SentimentPrediction> PredictAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        await using FileStream file = ImageFile.Open(path, FileOptions.Asynchronous);
        return await PredictAsync(file, path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Predicts the emotions of many image files, several at a time.</summary>
    /// <param name="paths">Paths of images, which are enumerated while the results are read.</param>
    /// <param name="options">Options, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>
    /// One result per image, in the order of the images, computed while they are read. An image that cannot be read is
    /// a result with an error. Disposing the enumerator stops the work.
    /// </returns>
    /// <exception cref="ArgumentException">One or more options are invalid; the message lists them.</exception>
    public IEnumerable<ImageResult> PredictMany(
        IEnumerable<string> paths, PredictManyOptions? options = null, CancellationToken cancellationToken = default) =>
        PredictMany(paths, PredictionSources.Paths, options, cancellationToken);

    /// <summary>Predicts the emotions of many encoded images, several at a time.</summary>
    /// <param name="encoded">The contents of image files, which must not change until their results are read.</param>
    /// <param name="options">Options, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <inheritdoc cref="PredictMany(IEnumerable{string}, PredictManyOptions?, CancellationToken)"/>
    public IEnumerable<ImageResult> PredictMany(
        IEnumerable<ReadOnlyMemory<byte>> encoded, PredictManyOptions? options = null,
        CancellationToken cancellationToken = default) =>
        PredictMany(encoded, PredictionSources.Encoded, options, cancellationToken);

    /// <summary>Predicts the emotions of many encoded images, several at a time.</summary>
    /// <param name="encoded">
    /// Streams, each of which is read to its end and then disposed, unless
    /// <see cref="PredictManyOptions.LeaveStreamsOpen"/> is set.
    /// </param>
    /// <param name="options">Options, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <inheritdoc cref="PredictMany(IEnumerable{string}, PredictManyOptions?, CancellationToken)"/>
    public IEnumerable<ImageResult> PredictMany(
        IEnumerable<Stream> encoded, PredictManyOptions? options = null,
        CancellationToken cancellationToken = default) =>
        PredictMany(encoded, PredictionSources.Streams(options?.LeaveStreamsOpen ?? false), options, cancellationToken);

    /// <summary>Predicts the emotions of many decoded images. The caller disposes the images.</summary>
    /// <param name="images">Images of any size, which must not change until their results are read.</param>
    /// <param name="options">Options, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <inheritdoc cref="PredictMany(IEnumerable{string}, PredictManyOptions?, CancellationToken)"/>
    public IEnumerable<ImageResult> PredictMany(
        IEnumerable<MLImage> images, PredictManyOptions? options = null,
        CancellationToken cancellationToken = default) =>
        PredictMany(images, PredictionSources.Decoded, options, cancellationToken);

    /// <summary>Predicts the emotions of many image files, several at a time, on threads of the pool.</summary>
    /// <remarks>A slow source does not delay the results of the images before it.</remarks>
    /// <inheritdoc cref="PredictMany(IEnumerable{string}, PredictManyOptions?, CancellationToken)"/>
    public IAsyncEnumerable<ImageResult> PredictManyAsync(
        IAsyncEnumerable<string> paths, PredictManyOptions? options = null,
        CancellationToken cancellationToken = default) =>
        PredictManyAsync(paths, PredictionSources.Paths, options, cancellationToken);

    /// <summary>Predicts the emotions of many encoded images, several at a time, on threads of the pool.</summary>
    /// <inheritdoc cref="PredictMany(IEnumerable{ReadOnlyMemory{byte}}, PredictManyOptions?, CancellationToken)"/>
    public IAsyncEnumerable<ImageResult> PredictManyAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> encoded, PredictManyOptions? options = null,
        CancellationToken cancellationToken = default) =>
        PredictManyAsync(encoded, PredictionSources.Encoded, options, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ImageResult> PredictManyAsync(
        IAsyncEnumerable<Stream> encoded, PredictManyOptions? options = null,
        CancellationToken cancellationToken = default) =>
        PredictManyAsync(encoded, PredictionSources.Streams(options?.LeaveStreamsOpen ?? false), options,
            cancellationToken);

    /// <summary>Predicts the emotion of an image file and computes evidence maps.</summary>
    /// <param name="path">The path of an image. The file is read again for an overlay.</param>
    /// <inheritdoc cref="ISentimentDetector.Predict(string)" path="/exception"/>
    /// <exception cref="NotSupportedException">The student does not support evidence maps.</exception>
    public EvidenceMap Explain(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Explain(new ExplainedFile(path, _preprocessor.Limits));
    }

    /// <summary>Predicts the emotion of an encoded image and computes evidence maps.</summary>
    /// <param name="encoded">The content of an image file. The result keeps a copy.</param>
    /// <inheritdoc cref="Explain(string)" path="/exception"/>
    public EvidenceMap Explain(ReadOnlyMemory<byte> encoded) =>
        Explain(new ExplainedBytes(encoded.ToArray(), _preprocessor.Limits));

    /// <summary>Predicts the emotion of an encoded image and computes evidence maps. The stream stays open.</summary>
    /// <param name="encoded">The content of an image file. The result keeps a copy.</param>
    /// <inheritdoc cref="Explain(string)" path="/exception"/>
    public EvidenceMap Explain(Stream encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        using var bytes = PooledBytes.Read(encoded, PixelPreprocessor.EncodedImage, _preprocessor.Limits);
        return Explain(new ExplainedBytes(bytes.Span.ToArray(), _preprocessor.Limits));
    }

    /// <summary>Predicts the emotion of a decoded image and computes evidence maps.</summary>
    /// <param name="image">The image, of any size. The result keeps a copy of its pixels.</param>
    /// <inheritdoc cref="Explain(string)" path="/exception"/>
    public EvidenceMap Explain(MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Explain(new ExplainedPixels(image));
    }

    /// <summary>Frees the model when the predictions in progress have finished.</summary>
    public void Dispose() => _classifier.Dispose();

    internal SentimentPrediction PredictEncoded(ReadOnlySpan<byte> encoded, string name) =>
        _scorer.Predict(encoded, name);

    private IEnumerable<ImageResult> PredictMany<T>(
        IEnumerable<T> images, PredictionSource<T> source, PredictManyOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Open(source, options).Run(images, cancellationToken);
    }

    private IAsyncEnumerable<ImageResult> PredictManyAsync<T>(
        IAsyncEnumerable<T> images, PredictionSource<T> source, PredictManyOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Open(source, options).RunAsync(images, cancellationToken);
    }

    private PredictionStream<T> Open<T>(PredictionSource<T> source, PredictManyOptions? options)
    {
        options ??= new PredictManyOptions();
        options.Validate(nameof(options));
        return new PredictionStream<T>(_scorer, source, options);
    }

    private EvidenceMap Explain(ExplainedImage image)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
        try
        {
            var pixels = buffer.AsSpan(0, PixelFormat.ByteCount);
            RectangleF area = image.Read(_preprocessor, pixels);
            float[] scores = new float[Classes.Count];
            EvidenceGrid grid = _classifier.Explain(pixels, scores);
            return new EvidenceMap(new SentimentPrediction(Classes, scores), grid, area, image);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<SentimentPrediction> PredictAsync(Stream encoded, string name,
        CancellationToken cancellationToken)
    {
        using var bytes = await PooledBytes.ReadAsync(encoded, name, _preprocessor.Limits, cancellationToken)
            .ConfigureAwait(false);
        return await Task.Run(() => _scorer.Predict(bytes.Span, name), cancellationToken).ConfigureAwait(false);
    }
}
