namespace VisualSentiment.Imaging;

/// <summary>What the four bytes of a decoded pixel are, in memory order.</summary>
internal enum PixelEncoding
{
    /// <summary>Red, green, blue and a byte without meaning.</summary>
    Rgbx,

    /// <summary>Red, green, blue and alpha; the colours are not scaled by alpha.</summary>
    RgbaStraight,

    /// <summary>Red, green, blue and alpha; the colours are scaled by alpha.</summary>
    RgbaPremultiplied,

    /// <summary>Blue, green, red and alpha; the colours are scaled by alpha.</summary>
    BgraPremultiplied,
}
