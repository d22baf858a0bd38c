namespace VisualSentiment.Imaging;

/// <summary>Kinds of files that are often taken for images that can be decoded, told by their first bytes.</summary>
internal static class ForeignFormats
{
    /// <summary>What the file is; null where it is none of them.</summary>
    public static string? Find(ReadOnlySpan<byte> file) => file switch
    {
        [(byte)'I', (byte)'I', 42 or 43, 0, ..] or [(byte)'M', (byte)'M', 0, 42 or 43, ..] => "TIFF",
        { Length: > 12 } when file[4..].StartsWith("ftypavi"u8) => "AVIF",
        { Length: > 12 } when file[4..].StartsWith("ftyphe"u8) || file[4..].StartsWith("ftypmi"u8) => "HEIC",
        [0xFF, 0x0A, ..] or [0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' ', ..] => "JPEG XL",
        [(byte)'8', (byte)'B', (byte)'P', (byte)'S', ..] => "Photoshop",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "PDF",
        [(byte)'<', (byte)'s', (byte)'v', (byte)'g', ..] => "SVG",
        _ => null,
    };
}
