using Microsoft.ML.Data;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>An image given as a path.</summary>
internal sealed class ImagePathRow : IImageRow
{
    [ColumnName(ChainColumns.Image)]
    public string Path { get; set; } = "";

    public void Read(PixelPreprocessor preprocessor, Span<byte> pixels) => preprocessor.Read(Path, pixels);
}
