namespace VisualSentiment.Imaging;

/// <summary>
/// One direction of an image: which of its pixels are taken, and how they lie in memory, where a sample may be the average
/// of several pixels.
/// </summary>
/// <param name="Samples">How many samples are in memory.</param>
/// <param name="Reduction">Pixels in a sample; 1 where every pixel is in memory.</param>
/// <param name="Origin">Where the first pixel that is taken lies, in pixels from the start of the first sample.</param>
/// <param name="Count">How many pixels are taken.</param>
internal readonly record struct PixelAxis(int Samples, int Reduction, int Origin, int Count)
{
    /// <summary>A whole direction. Its last sample may reach past its last pixel.</summary>
    public static PixelAxis All(int pixels, int reduction = 1) => new((pixels + reduction - 1) / reduction, reduction, Origin: 0, pixels);

    /// <summary>The same pixels from the other end.</summary>
    public PixelAxis Reverse() => this with { Origin = Samples * Reduction - Origin - Count };

    /// <summary>The middle; an odd pixel too many is cut at the end.</summary>
    public PixelAxis Center(int count) => this with { Origin = Origin + (Count - count) / 2, Count = count };

    /// <summary>Where the pixels that are taken begin among those that <paramref name="whole"/> takes, and how many they are, as fractions of all.</summary>
    public (float Start, float Length) ShareOf(PixelAxis whole) => ((float)(Origin - whole.Origin) / whole.Count, (float)Count / whole.Count);
}
