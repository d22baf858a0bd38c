using VisualSentiment.Imaging;

namespace VisualSentiment.Prediction;

/// <summary>One way to give images: how they are called, read and let go.</summary>
/// <param name="Name">What an image is called, from it and its index.</param>
/// <param name="Read">Decodes an image; the last argument is its name.</param>
/// <param name="Release">What is done with an image once it is read, or not needed any more.</param>
internal sealed record PredictionSource<T>(
    Func<T, long, string> Name, PredictionSource<T>.Reader Read, Action<T> Release)
{
    /// <exception cref="UnreadableImageException">The image is missing, is none, or is damaged.</exception>
    public delegate void Reader(PixelPreprocessor preprocessor, T image, Span<byte> pixels, string name);
}
