namespace VisualSentiment;

/// <summary>
/// Specifies the bytes of a pixel of a decoded image, in memory order. Alpha is not multiplied into the colors.
/// </summary>
public enum RawPixelFormat
{
    /// <summary>Three bytes: red, green, blue.</summary>
    Rgb,

    /// <summary>Three bytes: blue, green, red, as in OpenCV.</summary>
    Bgr,

    /// <summary>Four bytes: red, green, blue, alpha, as in the canvas of a browser.</summary>
    Rgba,

    /// <summary>Four bytes: blue, green, red, alpha.</summary>
    Bgra,
}
