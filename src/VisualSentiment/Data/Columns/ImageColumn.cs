using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using VisualSentiment.Imaging;

namespace VisualSentiment.Data.Columns;

/// <summary>Writes the pixels of the current row's image into a buffer of <see cref="PixelFormat.ByteCount"/> bytes.</summary>
internal delegate void PixelGetter(Span<byte> pixels);

/// <summary>Reads images from a data view's column: a path (text), encoded bytes (a vector of bytes) or an image.</summary>
internal static class ImageColumn
{
    /// <summary>Null where the column can hold images, otherwise what is wrong with it.</summary>
    public static string? FindError(DataViewSchema schema, string name) => FindError(SentimentSchema.ShapeOf(schema), name);

    /// <inheritdoc cref="FindError(DataViewSchema, string)"/>
    public static string? FindError(SchemaShape schema, string name)
    {
        if (schema.Find(name) is not { } column)
            return $"there is no image column '{name}'; the columns are {schema.Names()}";
        bool scalar = column.Kind == SchemaShape.Column.VectorKind.Scalar;
        bool holdsImages = !column.IsKey
            && (scalar ? IsText(column.ItemType) || IsImage(column.ItemType) : column.ItemType.RawType == typeof(byte));
        return holdsImages ? null
            : $"the image column '{name}' is {column.Describe()}; it must hold a path (text), an encoded image (bytes) or an MLImage";
    }

    /// <summary>
    /// Creates a reader of a row's path or encoded bytes, which another thread can decode. Null if the column contains
    /// images: their owner may dispose them with the next row.
    /// </summary>
    public static Action<EncodedImage>? CreateReader(DataViewRow row, DataViewSchema.Column column)
    {
        if (IsText(column.Type))
        {
            var getter = row.GetGetter<ReadOnlyMemory<char>>(column);
            ReadOnlyMemory<char> path = default;
            return image =>
            {
                getter(ref path);
                image.Path = path.ToString();
            };
        }
        if (IsBytes(column.Type))
        {
            var getter = row.GetGetter<VBuffer<byte>>(column);
            return image =>
            {
                getter(ref image.Encoded);
                image.Name = $"row {row.Position} of column '{column.Name}'";
            };
        }
        return null;
    }

    /// <summary>A getter over the rows of a cursor in which the column is active.</summary>
    public static PixelGetter CreateGetter(DataViewRow row, DataViewSchema.Column column, PixelPreprocessor preprocessor)
    {
        if (CreateReader(row, column) is { } read)
        {
            var image = new EncodedImage();
            return pixels =>
            {
                read(image);
                image.Decode(preprocessor, pixels);
            };
        }
        {
            var getter = row.GetGetter<MLImage>(column);
            // An ML.NET getter that makes images disposes the one it is handed; one that passes on an image of the
            // caller's, as in a prediction engine, does not. So the image is kept for the next row and never disposed here.
            MLImage? image = null;
            return pixels =>
            {
                getter(ref image!);
                preprocessor.Read(image ?? throw new UnreadableImageException(
                    $"row {row.Position} of column '{column.Name}'", "the image is missing"), pixels);
            };
        }
    }

    private static bool IsText(DataViewType type) => type is TextDataViewType;

    private static bool IsBytes(DataViewType type) => type is VectorDataViewType { ItemType.RawType: var item } && item == typeof(byte);

    private static bool IsImage(DataViewType type) => type is ImageDataViewType;
}

/// <summary>An image that was read from a row but not decoded yet: a path, or encoded bytes.</summary>
internal sealed class EncodedImage
{
    /// <summary>The path; null where there are bytes.</summary>
    public string? Path { get; set; }

    /// <summary>What the image is called in messages, where it is bytes.</summary>
    public string Name { get; set; } = "";

    /// <summary>The bytes; a buffer that is filled anew for every row.</summary>
    public VBuffer<byte> Encoded;

    /// <exception cref="UnreadableImageException">The image is missing, is none, or is damaged.</exception>
    public void Decode(PixelPreprocessor preprocessor, Span<byte> pixels)
    {
        if (Path is not null)
            preprocessor.Read(Path, pixels);
        else if (Encoded.IsDense)
            preprocessor.Read(Encoded.GetValues(), pixels, Name);
        else
            preprocessor.Read([.. Encoded.DenseValues()], pixels, Name);
    }
}
