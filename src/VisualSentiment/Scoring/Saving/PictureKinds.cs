using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace VisualSentiment.Scoring.Saving;

/// <summary>Tells what a column holds from its type.</summary>
internal static class PictureKinds
{
    public static PictureKind Of(DataViewType type) => type switch
    {
        TextDataViewType => PictureKind.Path,
        VectorDataViewType => PictureKind.Encoded,
        ImageDataViewType => PictureKind.Image,
        _ => throw new ArgumentException($"{type} holds no pictures", nameof(type)),
    };
}
