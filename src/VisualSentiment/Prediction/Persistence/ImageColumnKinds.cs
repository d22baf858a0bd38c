using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>Tells what a column holds from its type.</summary>
internal static class ImageColumnKinds
{
    public static ImageColumnKind Of(DataViewType type) => type switch
    {
        TextDataViewType => ImageColumnKind.Path,
        VectorDataViewType => ImageColumnKind.Encoded,
        ImageDataViewType => ImageColumnKind.Image,
        _ => throw new ArgumentException($"{type} holds no images", nameof(type)),
    };
}
