using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>The kind of values in an image column.</summary>
internal enum ImageColumnKind
{
    /// <summary>Paths (text).</summary>
    Path,

    /// <summary>Encoded images (vectors of bytes).</summary>
    Encoded,

    /// <summary>Decoded images, of any size or of the size in the column's type.</summary>
    Image,
}

internal static class ImageColumnKinds
{
    public static ImageColumnKind Of(DataViewType type) => type switch
    {
        TextDataViewType => ImageColumnKind.Path,
        VectorDataViewType => ImageColumnKind.Encoded,
        ImageDataViewType => ImageColumnKind.Image,
        _ => throw new ArgumentException($"A column of type {type} cannot contain images.", nameof(type)),
    };
}
