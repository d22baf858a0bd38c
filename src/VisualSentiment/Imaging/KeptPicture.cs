using Microsoft.ML.Data;

namespace VisualSentiment.Imaging;

/// <summary>A picture that was read from a row but not decoded yet: a path, or encoded bytes.</summary>
internal sealed class KeptPicture
{
    /// <summary>The path; null where there are bytes.</summary>
    public string? Path { get; set; }

    /// <summary>What the picture is called in messages, where it is bytes.</summary>
    public string Name { get; set; } = "";

    /// <summary>The bytes; a buffer that is filled anew for every row.</summary>
    public VBuffer<byte> Encoded;

    /// <exception cref="UnreadableImageException">The picture is missing, is none, or is damaged.</exception>
    public void Decode(PixelPreprocessor preprocessor, Span<byte> pixels)
    {
        if (Path is not null)
            preprocessor.Read(Path, pixels);
        else if (Encoded.IsDense)
            preprocessor.Read(Encoded.GetValues(), pixels, Name);
        else
            preprocessor.Read([.. Encoded.DenseValues()], pixels, Name);
    }
}
