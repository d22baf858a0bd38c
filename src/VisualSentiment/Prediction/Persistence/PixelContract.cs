using Microsoft.ML;
using Microsoft.ML.Transforms;
using VisualSentiment.Imaging;

namespace VisualSentiment.Prediction.Persistence;

/// <summary>The step of a saved model that converts images to pixels.</summary>
internal interface IPixelContract
{
    IEstimator<ITransformer> CreateStep(MLContext ml);
}

/// <summary>The step for one kind of image column and one <see cref="ImageFit"/>.</summary>
internal abstract class PixelContract<TImage>(string name, ImageFit fit)
    : CustomMappingFactory<TImage, PixelsRow>, IPixelContract
    where TImage : class, IImageRow, new()
{
    public IEstimator<ITransformer> CreateStep(MLContext ml) => ml.Transforms.CustomMapping(GetMapping(), name);

    public override Action<TImage, PixelsRow> GetMapping()
    {
        var preprocessor = new PixelPreprocessor(fit);
        return (image, row) => image.Read(preprocessor, row.Pixels);
    }
}

[CustomMappingFactoryAttribute(ContractNames.PathFill)]
internal sealed class PathFillContract() : PixelContract<ImagePathRow>(ContractNames.PathFill, ImageFit.Fill);

[CustomMappingFactoryAttribute(ContractNames.PathCenterCrop)]
internal sealed class PathCenterCropContract()
    : PixelContract<ImagePathRow>(ContractNames.PathCenterCrop, ImageFit.CenterCrop);

[CustomMappingFactoryAttribute(ContractNames.EncodedFill)]
internal sealed class EncodedFillContract() : PixelContract<EncodedImageRow>(ContractNames.EncodedFill, ImageFit.Fill);

[CustomMappingFactoryAttribute(ContractNames.EncodedCenterCrop)]
internal sealed class EncodedCenterCropContract()
    : PixelContract<EncodedImageRow>(ContractNames.EncodedCenterCrop, ImageFit.CenterCrop);

[CustomMappingFactoryAttribute(ContractNames.ImageFill)]
internal sealed class ImageFillContract() : PixelContract<DecodedImageRow>(ContractNames.ImageFill, ImageFit.Fill);

[CustomMappingFactoryAttribute(ContractNames.ImageCenterCrop)]
internal sealed class ImageCenterCropContract()
    : PixelContract<DecodedImageRow>(ContractNames.ImageCenterCrop, ImageFit.CenterCrop);

[CustomMappingFactoryAttribute(ContractNames.SizedImageFill)]
internal sealed class SizedImageFillContract()
    : PixelContract<SizedImageRow>(ContractNames.SizedImageFill, ImageFit.Fill);

[CustomMappingFactoryAttribute(ContractNames.SizedImageCenterCrop)]
internal sealed class SizedImageCenterCropContract()
    : PixelContract<SizedImageRow>(ContractNames.SizedImageCenterCrop, ImageFit.CenterCrop);
