namespace VisualSentiment.Networks.Pretrained;

/// <summary>The published weights that <see cref="PretrainedWeights.ImageNet"/> may stand for.</summary>
internal static class PretrainedModels
{
    /// <summary>
    /// timm's ResNet-50, trained on ImageNet-1k by recipe A1 of "ResNet strikes back" (Wightman et al., 2021); about 102 MB.
    /// </summary>
    public static PretrainedModel ResNet50A1 { get; } =
        new("resnet50.a1_in1k", "timm/resnet50.a1_in1k/resolve/main/model.safetensors");
}
