using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>
/// A row from a column whose type fixes the image size. ML.NET passes such images to a custom mapping only if the
/// application declares a class with exactly that size, so ML.NET's pixel extractor provides them as bytes instead.
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
        // The extractor returns an empty vector for a missing image.
        if (argb.IsEmpty)
            throw new UnreadableImageException("an image", "it is missing");
        if (argb.Length != 4 * Width * Height)
            throw new UnreadableImageException("an image",
                $"its size is not that of the column the model was trained on, {Width} x {Height} pixels");
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

/// <summary>The step of a saved model that adds a zero, the key by which the image size is looked up.</summary>
[CustomMappingFactoryAttribute(ContractNames.Zero)]
internal sealed class ZeroContract : CustomMappingFactory<ZeroContract.Nothing, ZeroContract.ZeroRow>
{
    public override Action<Nothing, ZeroRow> GetMapping() => (_, row) => row.Zero = 0;

    internal sealed class Nothing;

    internal sealed class ZeroRow
    {
        [ColumnName(ChainColumns.Zero)]
        public int Zero { get; set; }
    }
}
