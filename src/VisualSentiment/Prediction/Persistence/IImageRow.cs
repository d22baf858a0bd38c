using VisualSentiment.Imaging;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>A row of the saved chain that holds an image.</summary>
internal interface IImageRow
{
    void Read(PixelPreprocessor preprocessor, Span<byte> pixels);
}
