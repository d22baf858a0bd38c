using Microsoft.ML;
using Microsoft.ML.Transforms;
using VisualSentiment.Imaging;

namespace VisualSentiment.Scoring.Saving;

/// <summary>The step for one way to give pictures and one way to fit them to the square.</summary>
internal abstract class PixelContract<TPicture>(string name, ImageFit fit) : CustomMappingFactory<TPicture, PixelsRow>, IPixelContract
    where TPicture : class, IPicture, new()
{
    public IEstimator<ITransformer> CreateStep(MLContext ml) => ml.Transforms.CustomMapping(GetMapping(), name);

    public override Action<TPicture, PixelsRow> GetMapping()
    {
        var preprocessor = new PixelPreprocessor(fit);
        return (picture, row) => picture.Read(preprocessor, row.Pixels);
    }
}

[CustomMappingFactoryAttribute(ContractNames.PathFill)]
internal sealed class PathFillContract() : PixelContract<PathPicture>(ContractNames.PathFill, ImageFit.Fill);

[CustomMappingFactoryAttribute(ContractNames.PathCenterCrop)]
internal sealed class PathCenterCropContract() : PixelContract<PathPicture>(ContractNames.PathCenterCrop, ImageFit.CenterCrop);

[CustomMappingFactoryAttribute(ContractNames.EncodedFill)]
internal sealed class EncodedFillContract() : PixelContract<EncodedPicture>(ContractNames.EncodedFill, ImageFit.Fill);

[CustomMappingFactoryAttribute(ContractNames.EncodedCenterCrop)]
internal sealed class EncodedCenterCropContract() : PixelContract<EncodedPicture>(ContractNames.EncodedCenterCrop, ImageFit.CenterCrop);

[CustomMappingFactoryAttribute(ContractNames.ImageFill)]
internal sealed class ImageFillContract() : PixelContract<ImagePicture>(ContractNames.ImageFill, ImageFit.Fill);

[CustomMappingFactoryAttribute(ContractNames.ImageCenterCrop)]
internal sealed class ImageCenterCropContract() : PixelContract<ImagePicture>(ContractNames.ImageCenterCrop, ImageFit.CenterCrop);

[CustomMappingFactoryAttribute(ContractNames.SizedImageFill)]
internal sealed class SizedImageFillContract() : PixelContract<SizedImagePicture>(ContractNames.SizedImageFill, ImageFit.Fill);

[CustomMappingFactoryAttribute(ContractNames.SizedImageCenterCrop)]
internal sealed class SizedImageCenterCropContract() : PixelContract<SizedImagePicture>(ContractNames.SizedImageCenterCrop, ImageFit.CenterCrop);
