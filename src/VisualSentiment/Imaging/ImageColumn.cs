using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using VisualSentiment.Scoring;

namespace VisualSentiment.Imaging;

/// <summary>Writes the pixels of the current row's picture into a buffer of <see cref="PixelFormat.ByteCount"/> bytes.</summary>
internal delegate void PixelGetter(Span<byte> pixels);

/// <summary>Reads pictures from a data view's column: a path (text), encoded bytes (a vector of bytes) or an image.</summary>
internal static class ImageColumn
{
    /// <summary>Null where the column can hold pictures, otherwise what is wrong with it.</summary>
    public static string? FindMistake(DataViewSchema schema, string name) => FindMistake(SentimentSchema.ShapeOf(schema), name);

    /// <inheritdoc cref="FindMistake(DataViewSchema, string)"/>
    public static string? FindMistake(SchemaShape schema, string name)
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
    /// Reads what a row's picture is without decoding it, for another thread to decode. Null where the column holds images:
    /// those belong to whoever made them, and are gone with the next row.
    /// </summary>
    public static Action<KeptPicture>? CreateReader(DataViewRow row, DataViewSchema.Column column)
    {
        if (IsText(column.Type))
        {
            var getter = row.GetGetter<ReadOnlyMemory<char>>(column);
            ReadOnlyMemory<char> path = default;
            return picture =>
            {
                getter(ref path);
                picture.Path = path.ToString();
            };
        }
        if (IsBytes(column.Type))
        {
            var getter = row.GetGetter<VBuffer<byte>>(column);
            return picture =>
            {
                getter(ref picture.Encoded);
                picture.Name = $"row {row.Position} of column '{column.Name}'";
            };
        }
        return null;
    }

    /// <summary>A getter over the rows of a cursor in which the column is active.</summary>
    public static PixelGetter CreateGetter(DataViewRow row, DataViewSchema.Column column, PixelPreprocessor preprocessor)
    {
        if (CreateReader(row, column) is { } read)
        {
            var picture = new KeptPicture();
            return pixels =>
            {
                read(picture);
                picture.Decode(preprocessor, pixels);
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

/// <summary>A picture that was read from a row but not decoded yet: a path, or encoded bytes.</summary>
internal sealed class KeptPicture
{
    /// <summary>The path; null where there are bytes.</summary>
    public string? Path { get; set; }

    /// <summary>What the picture is called in messages, where it is bytes.</summary>
    public string Name { get; set; } = "";

    /// <summary>The bytes; a buffer that is filled anew for every row.</summary>
    public VBuffer<byte> Encoded;

    /// <exception cref="UnreadableImageException">The picture is missing, is none, or is damaged.</exception>
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
