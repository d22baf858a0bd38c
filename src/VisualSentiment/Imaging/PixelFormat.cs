namespace VisualSentiment.Imaging;

/// <summary>The input of every model: RGB bytes, height-width-channel, 224 x 224.</summary>
internal static class PixelFormat
{
    public const int Height = 224;
    public const int Width = 224;
    public const int Channels = 3;

    /// <summary>The number of bytes of one image.</summary>
    public const int ByteCount = Height * Width * Channels;
}
