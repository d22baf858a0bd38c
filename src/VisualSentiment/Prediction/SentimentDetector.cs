using System.Buffers;
using System.Drawing;
using Microsoft.ML.Data;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;
using VisualSentiment.Onnx.Files;
using VisualSentiment.Prediction.Explanations;
using VisualSentiment.Prediction;

namespace VisualSentiment;

/// <summary>
/// A distilled student, ready to look at images. One detector serves any number of threads; it needs neither TorchSharp's
/// native libraries nor an <c>MLContext</c>.
/// </summary>
/// <remarks>
/// Predictions throw an <see cref="InvalidModelException"/> where the model's scores of an image are not numbers, or ONNX Runtime cannot
/// compute the model.
/// </remarks>
public sealed class SentimentDetector : ISentimentDetector, IDisposable
{
    private readonly OnnxClassifier _classifier;
    private readonly PixelPreprocessor _preprocessor;

    private SentimentDetector(OnnxClassifier classifier)
    {
        _classifier = classifier;
        _preprocessor = new PixelPreprocessor(classifier.Fit);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _classifier.Classes;

    /// <summary>Loads a student from an ONNX file, or from a model saved with <c>ml.Model.Save</c>.</summary>
    /// <param name="path">The path of the <c>.onnx</c> or <c>.zip</c> file.</param>
    /// <param name="options">How the model is computed; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidModelException">
    /// The file is missing, damaged, larger or costlier than a student may be, or holds no student of this library.
    /// </exception>
    public static SentimentDetector Load(string path, DetectorOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options?.Validate(nameof(options));
        return new(new OnnxClassifier(ModelFile.Read(path), path, options));
    }

    /// <summary>Loads a student from a stream, which is read to its end and stays open.</summary>
    /// <param name="stream">The content of an <c>.onnx</c> or <c>.zip</c> file.</param>
    /// <param name="options">How the model is computed; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidModelException">
    /// The content is damaged, larger or costlier than a student may be, or holds no student of this library.
    /// </exception>
    public static SentimentDetector Load(Stream stream, DetectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(stream, "stream", options);
    }

    /// <summary>Loads a student from memory, such as an embedded resource.</summary>
    /// <param name="model">The content of an <c>.onnx</c> or <c>.zip</c> file, which is copied.</param>
    /// <param name="options">How the model is computed; null for the defaults.</param>
    /// <inheritdoc cref="Load(Stream, DetectorOptions?)" path="/exception"/>
    public static SentimentDetector Load(ReadOnlyMemory<byte> model, DetectorOptions? options = null) =>
        Load(new MemoryStream(model.ToArray(), writable: false), "model", options);

    private static SentimentDetector Load(Stream stream, string name, DetectorOptions? options)
    {
        options?.Validate(nameof(options));
        return new(new OnnxClassifier(ModelFile.Read(stream, name), name, options));
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed.</exception>
    public SentimentPrediction Predict(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Predict(path, static (preprocessor, path, pixels) => preprocessor.Read(path, pixels));
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed.</exception>
    public SentimentPrediction Predict(ReadOnlySpan<byte> encoded) =>
        Predict(encoded, static (preprocessor, encoded, pixels) => preprocessor.Read(encoded, pixels, "an encoded image"));

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed.</exception>
    public SentimentPrediction Predict(Stream encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return Predict(encoded, static (preprocessor, encoded, pixels) => preprocessor.Read(encoded, pixels, "an encoded image"));
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed.</exception>
    public SentimentPrediction Predict(MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Predict(image, static (preprocessor, image, pixels) => preprocessor.Read(image, pixels));
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed, while results are read.</exception>
    public IEnumerable<ImageResult> PredictMany(
        IEnumerable<string> paths, PredictManyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Open(PredictionSources.Paths, options).Run(paths, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed, while results are read.</exception>
    public IEnumerable<ImageResult> PredictMany(
        IEnumerable<ReadOnlyMemory<byte>> encoded, PredictManyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return Open(PredictionSources.Encoded, options).Run(encoded, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed, while results are read.</exception>
    public IEnumerable<ImageResult> PredictMany(
        IEnumerable<Stream> encoded, PredictManyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return Open(PredictionSources.Streams(options?.LeaveStreamsOpen ?? false), options).Run(encoded, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed, while results are read.</exception>
    public IAsyncEnumerable<ImageResult> PredictManyAsync(
        IAsyncEnumerable<string> paths, PredictManyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Open(PredictionSources.Paths, options).RunAsync(paths, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed, while results are read.</exception>
    public IAsyncEnumerable<ImageResult> PredictManyAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> encoded, PredictManyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return Open(PredictionSources.Encoded, options).RunAsync(encoded, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed, while results are read.</exception>
    public IAsyncEnumerable<ImageResult> PredictManyAsync(
        IAsyncEnumerable<Stream> encoded, PredictManyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return Open(PredictionSources.Streams(options?.LeaveStreamsOpen ?? false), options).RunAsync(encoded, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed.</exception>
    public EvidenceMap Explain(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Explain(new ExplainedFile(path));
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed.</exception>
    public EvidenceMap Explain(ReadOnlySpan<byte> encoded) => Explain(new ExplainedBytes(encoded.ToArray()));

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed.</exception>
    public EvidenceMap Explain(Stream encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        return Explain(ExplainedBytes.Read(encoded));
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The detector is disposed.</exception>
    public EvidenceMap Explain(MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Explain(new ExplainedPixels(image));
    }

    /// <summary>Frees the model, once the predictions under way are done.</summary>
    public void Dispose() => _classifier.Dispose();

    private PredictionStream<T> Open<T>(PredictionSource<T> source, PredictManyOptions? options)
    {
        options ??= new PredictManyOptions();
        options.Validate(nameof(options));
        return new PredictionStream<T>(_classifier, _preprocessor, source, options);
    }

    private EvidenceMap Explain(ExplainedImage image)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
        try
        {
            var pixels = buffer.AsSpan(0, PixelFormat.ByteCount);
            RectangleF seen = image.Read(_preprocessor, pixels);
            float[] scores = new float[Classes.Count];
            EvidenceGrid grid = _classifier.Explain(pixels, scores);
            return new EvidenceMap(new SentimentPrediction(Classes, scores), grid, seen, image);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private SentimentPrediction Predict<TImage>(TImage image, Action<PixelPreprocessor, TImage, Span<byte>> read)
        where TImage : allows ref struct
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
        try
        {
            var pixels = buffer.AsSpan(0, PixelFormat.ByteCount);
            read(_preprocessor, image, pixels);
            float[] scores = new float[Classes.Count];
            _classifier.Score(pixels, 1, scores);
            return new SentimentPrediction(Classes, scores);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
