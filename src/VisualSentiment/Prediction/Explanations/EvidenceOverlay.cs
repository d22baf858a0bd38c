using System.Drawing;
using SkiaSharp;

namespace VisualSentiment.Prediction.Explanations;

/// <summary>Draws a heat map over an image.</summary>
internal static class EvidenceOverlay
{
    private const int LongestSide = 1600;

    // The remaining saturation and brightness of the image without heat, and the maximum opacity of heat.
    private const float ColdColor = 0.25f, ColdLight = 0.7f, MaxOpacity = 0.85f;

    // The brightness of heat over black and its increase up to white, so that shapes in the image stay visible.
    private const float MinHeatLight = 0.55f, HeatLightRange = 0.75f;

    /// <summary>Returns the bytes of a PNG.</summary>
    /// <param name="image">The image.</param>
    /// <param name="heat">The heat (0 to 1) of each cell, row by row.</param>
    /// <param name="width">The number of cells in a row.</param>
    /// <param name="area">The area of the cells, in fractions of the image. Outside of it the heat is 0.</param>
    public static byte[] Draw(ExplainedImage image, float[] heat, int width, RectangleF area)
    {
        using SKBitmap bitmap = image.Draw(LongestSide);
        int height = heat.Length / width;
        var columns = new SmoothAxis(bitmap.Width, area.X * bitmap.Width, area.Width * bitmap.Width, width);
        var rows = new SmoothAxis(bitmap.Height, area.Y * bitmap.Height, area.Height * bitmap.Height, height);
        int left = (int)MathF.Round(area.Left * bitmap.Width), right = (int)MathF.Round(area.Right * bitmap.Width);
        int top = (int)MathF.Round(area.Top * bitmap.Height), bottom = (int)MathF.Round(area.Bottom * bitmap.Height);
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
        float cover = MaxOpacity * heat * (2 - heat);
        // The luma of BT.601, as in JPEG.
        float gray = 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
        float light = MinHeatLight + HeatLightRange * gray / 255;
        pixel[0] = Mix(pixel[0], red);
        pixel[1] = Mix(pixel[1], green);
        pixel[2] = Mix(pixel[2], blue);

        byte Mix(byte color, byte heatColor) =>
            (byte)((1 - cover) * ColdLight * (gray + ColdColor * (color - gray))
                + cover * Math.Min(255, light * heatColor) + 0.5f);
    }
}
