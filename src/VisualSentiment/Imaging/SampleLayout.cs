using SkiaSharp;

namespace VisualSentiment.Imaging;

/// <summary>The samples that are decoded of an image.</summary>
/// <param name="Info">Their number and format; valid where the image is within the limits.</param>
/// <param name="Columns">From left to right, as they are stored.</param>
/// <param name="Rows">From top to bottom, as they are stored.</param>
internal readonly record struct SampleLayout(SKImageInfo Info, PixelAxis Columns, PixelAxis Rows)
{
    /// <param name="codec">The image.</param>
    /// <param name="neededSide">The side of the square that is wanted of it, in pixels; 0 for every pixel.</param>
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
    /// Pixels in a sample of a JPEG, in each direction: 1, 2, 4 or 8. At a half, a quarter and an eighth of its size,
    /// libjpeg's samples are the averages of 2 x 2, 4 x 4 and 8 x 8 pixels, for less work than decoding the pixels.
    /// With <see cref="ResampleWeights"/> the result stays within 2/255 of full decoding in the mean absolute difference of
    /// photographs, and within 3/255 of drawings of thin lines in strong colors. Black and white checks as fine as the
    /// pixels of the result are off by up to 11/255.
    /// </summary>
    /// <param name="shorterSide">The shorter side of the image in pixels.</param>
    /// <param name="neededSide">The side of the square it is resized to, in pixels.</param>
    public static int ChooseJpegReduction(int shorterSide, int neededSide)
    {
        // The more pixels an average hides, the more samples there have to be for a pixel of the result.
        foreach (int reduction in (ReadOnlySpan<int>)[8, 4])
            if (5 * shorterSide >= 6 * reduction * neededSide)
                return reduction;
        return shorterSide >= 2 * neededSide ? 2 : 1;
    }

    /// <returns>The memory that decoding needs beside the encoded bytes, in bytes.</returns>
    /// <exception cref="UnreadableImageException">The image is beyond a limit.</exception>
    public long Validate(DecodingCost cost, long encodedBytes, ImageLimits limits, string name) =>
        cost.Validate(Columns.Count, Rows.Count, Info.BytesSize64, encodedBytes, limits, name);
}
