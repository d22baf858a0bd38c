using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using VisualSentiment.Imaging;
using VisualSentiment.Onnx.Files;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>An input row of the saved chain's pixel step.</summary>
internal interface IImageRow
{
    void Read(PixelPreprocessor preprocessor, Span<byte> pixels);
}

internal sealed class ImagePathRow : IImageRow
{
    [ColumnName(ChainColumns.Image)]
    public string Path { get; set; } = "";

    public void Read(PixelPreprocessor preprocessor, Span<byte> pixels) => preprocessor.Read(Path, pixels);
}

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

/// <summary>A row with a decoded image, which the row does not own.</summary>
internal sealed class DecodedImageRow : IImageRow
{
    [ColumnName(ChainColumns.Image)]
    [AnyImageType]
    public MLImage? Image { get; set; }

    public void Read(PixelPreprocessor preprocessor, Span<byte> pixels) =>
        preprocessor.Read(Image ?? throw new UnreadableImageException("an image", "it is missing"), pixels);
}

/// <summary>Binds a property to image columns of any size, which ML.NET's <c>[ImageType]</c> cannot do.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AnyImageTypeAttribute : DataViewTypeAttribute
{
    public override void Register()
    {
        try
        {
            DataViewTypeManager.Register(new ImageDataViewType(), typeof(MLImage), this);
        }
        catch (ArgumentException)
        {
            // An attribute of the application has already registered this type.
        }
    }

    public override bool Equals(DataViewTypeAttribute? other) => other is AnyImageTypeAttribute;

    public override int GetHashCode() => typeof(AnyImageTypeAttribute).GetHashCode();
}

/// <summary>The pixels that the saved chain passes to the ONNX model.</summary>
internal sealed class PixelsRow
{
    [ColumnName(ChainColumns.Pixels)]
    [VectorType(1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels)]
    public byte[] Pixels { get; set; } = new byte[PixelFormat.ByteCount];
}
