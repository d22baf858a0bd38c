using SkiaSharp;

namespace VisualSentiment.WebTests;

/// <summary>Paints images of soft gradients and shapes.</summary>
internal static class Painted
{
    public static byte[] Encode(int width, int height, int seed, SKEncodedImageFormat format = SKEncodedImageFormat.Png,
        bool transparent = false)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using (var canvas = new SKCanvas(bitmap))
        using (var paint = new SKPaint { IsAntialias = true })
        {
            var random = new Random(seed);
            byte Byte() => (byte)random.Next(256);
            SKColor Color(byte alpha) => new(Byte(), Byte(), Byte(), alpha);
            canvas.Clear(transparent ? SKColors.Transparent : Color(255));
            if (!transparent)
            {
                paint.Shader = SKShader.CreateLinearGradient(
                    default, new SKPoint(width, height), [Color(255), Color(255)], SKShaderTileMode.Clamp);
                canvas.DrawPaint(paint);
                paint.Shader = null;
            }
            for (int i = 0; i < 12; i++)
            {
                paint.Color = Color((byte)random.Next(80, 256));
                int radius = random.Next(2, 2 + Math.Min(width, height) / 3);
                canvas.DrawCircle(random.Next(width), random.Next(height), radius, paint);
            }
        }
        using SKData data = bitmap.Encode(format, 90);
        return data.ToArray();
    }
}
