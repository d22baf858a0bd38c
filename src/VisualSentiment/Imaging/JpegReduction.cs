namespace VisualSentiment.Imaging;

/// <summary>
/// At which fraction of its size a JPEG is decoded. At a half, a quarter and an eighth, libjpeg's samples are the averages
/// of 2 x 2, 4 x 4 and 8 x 8 pixels, for less work than decoding the pixels. With <see cref="ResampleWeights"/> the result
/// stays within 2/255 of full decoding in the mean absolute difference of photographs, the sharpest of which are decoded
/// again at twice the size (<see cref="FineDetail"/>); drawings of thin lines in strong colours, whose hues JPEG stores at half
/// the size, come to 2.5.
/// </summary>
internal static class JpegReduction
{
    /// <summary>Pixels in a sample, in each direction: 1, 2, 4 or 8.</summary>
    /// <param name="shorterSide">The shorter side of the picture in pixels.</param>
    /// <param name="neededSide">The side of the square it is resized to, in pixels.</param>
    public static int Choose(int shorterSide, int neededSide)
    {
        // The more pixels an average hides, the more samples there have to be for a pixel of the result.
        foreach (int reduction in (ReadOnlySpan<int>)[8, 4])
            if (5 * shorterSide >= 6 * reduction * neededSide)
                return reduction;
        return shorterSide >= 2 * neededSide ? 2 : 1;
    }
}
