using Microsoft.ML.Data;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>An image given as a decoded image. It stays its owner's.</summary>
internal sealed class DecodedImageRow : IImageRow
{
    [ColumnName(ChainColumns.Image)]
    [AnyImageType]
    public MLImage? Image { get; set; }

    public void Read(PixelPreprocessor preprocessor, Span<byte> pixels) =>
        preprocessor.Read(Image ?? throw new UnreadableImageException("an image", "it is missing"), pixels);
}
