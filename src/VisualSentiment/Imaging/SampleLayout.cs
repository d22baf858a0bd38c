using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>The samples to decode of an image.</summary>
/// <param name="Info">Their number and format; valid if the image is within the limits.</param>
/// <param name="Columns">The stored columns, from left to right.</param>
/// <param name="Rows">The stored rows, from top to bottom.</param>
internal readonly record struct SampleLayout(SKImageInfo Info, PixelAxis Columns, PixelAxis Rows)
{
    /// <param name="codec">The image.</param>
    /// <param name="neededSide">The side of the square that it is resized to, in pixels; 0 for all pixels.</param>
    public static SampleLayout Of(SKCodec codec, int neededSide)
    {
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        int reduction = neededSide > 0 && codec.EncodedFormat == SKEncodedImageFormat.Jpeg
            ? ChooseJpegReduction(Math.Min(width, height), neededSide) : 1;
        PixelAxis columns = PixelAxis.All(width, reduction), rows = PixelAxis.All(height, reduction);
        var alpha = codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
        return new(new SKImageInfo(columns.Samples, rows.Samples, SKColorType.Rgba8888, alpha), columns, rows);
    }

    /// <summary>
    /// The number of pixels per sample of a JPEG in each direction: 1, 2, 4 or 8. At a half, a quarter and an eighth of the
    /// size, libjpeg's samples are the averages of 2 x 2, 4 x 4 and 8 x 8 pixels, for less work than decoding all pixels.
    /// With <see cref="ResampleWeights"/>, the mean absolute difference from full decoding is at most 2/255 for photographs,
    /// 3/255 for drawings of thin lines in strong colors, and 11/255 for checkerboards as fine as the resulting pixels.
    /// </summary>
    public static int ChooseJpegReduction(int shorterSide, int neededSide)
    {
        // The larger the reduction, the more samples per resulting pixel are needed.
        foreach (int reduction in (ReadOnlySpan<int>)[8, 4])
            if (5 * shorterSide >= 6 * reduction * neededSide)
                return reduction;
        return shorterSide >= 2 * neededSide ? 2 : 1;
    }

    /// <inheritdoc cref="DecodingCost.Validate"/>
    public long Validate(DecodingCost cost, long encodedBytes, ImageLimits limits, string name) =>
        cost.Validate(Columns.Count, Rows.Count, Info.BytesSize64, encodedBytes, limits, name);
}
