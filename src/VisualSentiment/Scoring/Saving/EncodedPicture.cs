using Microsoft.ML.Data;
using VisualSentiment.Imaging;

namespace VisualSentiment.Scoring.Saving;

/// <summary>A picture given as encoded bytes.</summary>
internal sealed class EncodedPicture : IPicture
{
    [ColumnName(ChainColumns.Picture)]
    public VBuffer<byte> Bytes { get; set; }

    public void Read(PixelPreprocessor preprocessor, Span<byte> pixels)
    {
        var bytes = Bytes;
        preprocessor.Read(bytes.IsDense ? bytes.GetValues() : [.. bytes.DenseValues()], pixels, "an encoded picture");
    }
}
