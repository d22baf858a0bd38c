namespace VisualSentiment.Imaging;

/// <summary>
/// One direction of an image: the pixels that are used, and the samples in memory, which may be averages of several pixels.
/// </summary>
/// <param name="Samples">The number of samples in memory.</param>
/// <param name="Reduction">The number of pixels per sample; 1 if every pixel is in memory.</param>
/// <param name="Origin">The offset of the first used pixel from the start of the first sample, in pixels.</param>
/// <param name="Count">The number of used pixels.</param>
internal readonly record struct PixelAxis(int Samples, int Reduction, int Origin, int Count)
{
    /// <summary>Uses all pixels. The last sample may extend beyond the last pixel.</summary>
    public static PixelAxis All(int pixels, int reduction = 1) =>
        new((pixels + reduction - 1) / reduction, reduction, Origin: 0, pixels);

    /// <summary>The same pixels in reverse order.</summary>
    public PixelAxis Reverse() => this with { Origin = Samples * Reduction - Origin - Count };

    /// <summary>The pixels in the center; if their number is odd, one more is cut at the end.</summary>
    public PixelAxis Center(int count) => this with { Origin = Origin + (Count - count) / 2, Count = count };

    /// <summary>The position and length of the used pixels as fractions of those that <paramref name="whole"/> uses.</summary>
    public (float Start, float Length) ShareOf(PixelAxis whole) =>
        ((float)(Origin - whole.Origin) / whole.Count, (float)Count / whole.Count);
}
