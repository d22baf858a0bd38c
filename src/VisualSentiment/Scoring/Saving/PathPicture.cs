using Microsoft.ML.Data;
using VisualSentiment.Imaging;

namespace VisualSentiment.Scoring.Saving;

/// <summary>A picture given as a path.</summary>
internal sealed class PathPicture : IPicture
{
    [ColumnName(ChainColumns.Picture)]
    public string Path { get; set; } = "";

    public void Read(PixelPreprocessor preprocessor, Span<byte> pixels) => preprocessor.Read(Path, pixels);
}
