using Microsoft.ML.Data;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>An image given as encoded bytes.</summary>
internal sealed class EncodedImageRow : IImageRow
{
    [ColumnName(ChainColumns.Image)]
    public VBuffer<byte> Bytes { get; set; }

    public void Read(PixelPreprocessor preprocessor, Span<byte> pixels)
    {
        var bytes = Bytes;
        preprocessor.Read(bytes.IsDense ? bytes.GetValues() : [.. bytes.DenseValues()], pixels, "an encoded image");
    }
}
