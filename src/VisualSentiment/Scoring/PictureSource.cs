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
