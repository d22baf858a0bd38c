using Microsoft.ML.Data;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>
/// An image from a column of images of one size. ML.NET hands such images to a custom step only where the application
/// has named that very size in a class of its own, so they come as the bytes that its pixel extractor gives.
/// </summary>
internal sealed class SizedImageRow : IImageRow
{
    [ColumnName(ChainColumns.Image)]
    public VBuffer<byte> Argb { get; set; }

    [ColumnName(ChainColumns.Height)]
    public int Height { get; set; }

    [ColumnName(ChainColumns.Width)]
    public int Width { get; set; }

    public void Read(PixelPreprocessor preprocessor, Span<byte> pixels)
    {
        var values = Argb;
        var argb = values.GetValues();
        // What the extractor gives for a missing image is a vector without values.
        if (argb.IsEmpty)
            throw new UnreadableImageException("an image", "it is missing");
        if (argb.Length != 4 * Width * Height)
            throw new UnreadableImageException("an image", $"it is not of the size that the model was trained on, {Width} x {Height} pixels");
        byte[] rgba = new byte[argb.Length];
        for (int i = 0; i < argb.Length; i += 4)
        {
            argb.Slice(i + 1, 3).CopyTo(rgba.AsSpan(i));
            rgba[i + 3] = argb[i];
        }
        using var image = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Rgba32, rgba);
        preprocessor.Read(image, pixels);
    }
}
