using System.Buffers;
using VisualSentiment.Imaging;
using VisualSentiment.Inference;

namespace VisualSentiment.Prediction;

/// <summary>Decodes one image and scores it. Thread-safe.</summary>
internal sealed class ImageScorer(PixelClassifier classifier, PixelPreprocessor preprocessor)
{
    public delegate void Reader<TImage>(PixelPreprocessor preprocessor, TImage image, Span<byte> pixels, string name)
        where TImage : allows ref struct;

    public PixelPreprocessor Preprocessor => preprocessor;

    /// <exception cref="UnreadableImageException">The image cannot be read.</exception>
    public SentimentPrediction Predict<TImage>(TImage image, string name, Reader<TImage> read)
        where TImage : allows ref struct
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PixelFormat.ByteCount);
        try
        {
            var pixels = buffer.AsSpan(0, PixelFormat.ByteCount);
            read(preprocessor, image, pixels, name);
            return Predict(pixels);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Scores an image in <see cref="PixelFormat"/>.</summary>
    public SentimentPrediction Predict(ReadOnlySpan<byte> pixels)
    {
        float[] scores = new float[classifier.Classes.Count];
        classifier.Score(pixels, 1, scores);
        return new SentimentPrediction(classifier.Classes, scores);
    }

    public SentimentPrediction Predict(ReadOnlySpan<byte> encoded, string name) =>
        Predict(encoded, name,
            static (preprocessor, encoded, pixels, name) => preprocessor.Read(encoded, pixels, name));
}
