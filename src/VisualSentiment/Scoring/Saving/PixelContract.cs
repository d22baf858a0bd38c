using Microsoft.ML.Transforms;
using VisualSentiment.Imaging;

namespace VisualSentiment.Scoring.Saving;

/// <summary>The step of a saved model that turns pictures into pixels.</summary>
internal abstract class PixelContract<TPicture>(ImageFit fit) : CustomMappingFactory<TPicture, PixelsRow>
    where TPicture : class, IPicture, new()
{
    public override Action<TPicture, PixelsRow> GetMapping()
    {
        var preprocessor = new PixelPreprocessor(fit);
        return (picture, row) => picture.Read(preprocessor, row.Pixels);
    }
}

[CustomMappingFactoryAttribute(ContractNames.PathFill)]
internal sealed class PathFillContract() : PixelContract<PathPicture>(ImageFit.Fill);

[CustomMappingFactoryAttribute(ContractNames.PathCenterCrop)]
internal sealed class PathCenterCropContract() : PixelContract<PathPicture>(ImageFit.CenterCrop);

[CustomMappingFactoryAttribute(ContractNames.EncodedFill)]
internal sealed class EncodedFillContract() : PixelContract<EncodedPicture>(ImageFit.Fill);

[CustomMappingFactoryAttribute(ContractNames.EncodedCenterCrop)]
internal sealed class EncodedCenterCropContract() : PixelContract<EncodedPicture>(ImageFit.CenterCrop);

[CustomMappingFactoryAttribute(ContractNames.ImageFill)]
internal sealed class ImageFillContract() : PixelContract<ImagePicture>(ImageFit.Fill);

[CustomMappingFactoryAttribute(ContractNames.ImageCenterCrop)]
internal sealed class ImageCenterCropContract() : PixelContract<ImagePicture>(ImageFit.CenterCrop);
