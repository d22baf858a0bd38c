using VisualSentiment.Imaging;

namespace VisualSentiment.Scoring.Saving;

/// <summary>A row of the saved chain that holds a picture.</summary>
internal interface IPicture
{
    void Read(PixelPreprocessor preprocessor, Span<byte> pixels);
}
