using System.Drawing;
using SkiaSharp;

namespace VisualSentiment.Prediction.Explanations;

/// <summary>Draws heat over an image.</summary>
internal static class EvidenceOverlay
{
    private const int LongestSide = 1600;

    // What is left of an image's colors and of its light where it is cold, and what heat covers of it at most.
    private const float ColdColor = 0.25f, ColdLight = 0.7f, MostCover = 0.85f;

    // Heat takes on the light of the image under it, from this share where that is black, so that its shapes stay visible.
    private const float LeastHeatLight = 0.55f, MoreHeatLight = 0.75f;

    /// <summary>The bytes of a PNG.</summary>
    /// <param name="image">The image.</param>
    /// <param name="heat">From 0 to 1, row by row.</param>
    /// <param name="width">How many are in a row.</param>
    /// <param name="seen">Where they lie, in fractions of the image; around them it is as cold as can be.</param>
    public static byte[] Draw(ExplainedImage image, float[] heat, int width, RectangleF seen)
    {
        using SKBitmap bitmap = image.Draw(LongestSide);
        int height = heat.Length / width;
        var columns = new SmoothAxis(bitmap.Width, seen.X * bitmap.Width, seen.Width * bitmap.Width, width);
        var rows = new SmoothAxis(bitmap.Height, seen.Y * bitmap.Height, seen.Height * bitmap.Height, height);
        int left = (int)MathF.Round(seen.Left * bitmap.Width), right = (int)MathF.Round(seen.Right * bitmap.Width);
        int top = (int)MathF.Round(seen.Top * bitmap.Height), bottom = (int)MathF.Round(seen.Bottom * bitmap.Height);
        using SKPixmap map = bitmap.PeekPixels();
        float[] row = new float[width];
        for (int y = 0; y < bitmap.Height; y++)
        {
            Array.Clear(row);
            for (int tap = 0; tap < SmoothAxis.Taps; tap++)
                for (int x = 0; x < width; x++)
                    row[x] += rows.Shares(y)[tap] * heat[rows.Cells(y)[tap] * width + x];
            Span<byte> line = map.GetPixelSpan<byte>().Slice(y * bitmap.RowBytes, 4 * bitmap.Width);
            for (int x = 0; x < bitmap.Width; x++)
            {
                float warmth = 0;
                if (y >= top && y < bottom && x >= left && x < right)
                    for (int tap = 0; tap < SmoothAxis.Taps; tap++)
                        warmth += columns.Shares(x)[tap] * row[columns.Cells(x)[tap]];
                Paint(line.Slice(4 * x, 3), Math.Clamp(warmth, 0, 1));
            }
        }
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    private static void Paint(Span<byte> pixel, float heat)
    {
        var (red, green, blue) = HeatRamp.Pick(heat);
        float cover = MostCover * heat * (2 - heat);
        // The luma of BT.601, as JPEG has it.
        float grey = 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
        float light = LeastHeatLight + MoreHeatLight * grey / 255;
        pixel[0] = Mix(pixel[0], red);
        pixel[1] = Mix(pixel[1], green);
        pixel[2] = Mix(pixel[2], blue);

        byte Mix(byte color, byte heatColor) =>
            (byte)((1 - cover) * ColdLight * (grey + ColdColor * (color - grey)) + cover * Math.Min(255, light * heatColor) + 0.5f);
    }
}
