using SkiaSharp;

namespace VisualSentiment.Tests.Support;

/// <summary>Images whose left half has one color and whose right half another.</summary>
internal static class HalvesImage
{
    public static byte[] Encode(SKColor left, SKColor right, int width = 64, int height = 48, SKEncodedImageFormat format = SKEncodedImageFormat.Png)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        using (var paint = new SKPaint { Color = right })
        {
            canvas.Clear(left);
            canvas.DrawRect(width / 2, 0, width - width / 2, height, paint);
        }
        using var data = bitmap.Encode(format, 95);
        return data.ToArray();
    }
}
