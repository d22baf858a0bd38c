using Microsoft.ML.Data;
using VisualSentiment.Imaging;

namespace VisualSentiment.Scoring.Saving;

/// <summary>A picture given as a decoded image. It stays its owner's.</summary>
internal sealed class ImagePicture : IPicture
{
    [ColumnName(ChainColumns.Picture)]
    [AnyImageType]
    public MLImage? Image { get; set; }

    public void Read(PixelPreprocessor preprocessor, Span<byte> pixels) =>
        preprocessor.Read(Image ?? throw new UnreadableImageException("an image", "it is missing"), pixels);
}
