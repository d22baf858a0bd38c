using Microsoft.ML.Data;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>The pixels that the saved chain gives to the ONNX model.</summary>
internal sealed class PixelsRow
{
    [ColumnName(ChainColumns.Pixels)]
    [VectorType(1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels)]
    public byte[] Pixels { get; set; } = new byte[PixelFormat.ByteCount];
}
