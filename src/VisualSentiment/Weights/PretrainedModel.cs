namespace VisualSentiment.Weights;

/// <summary>Published weights that can be downloaded.</summary>
/// <param name="Name">The name its publisher gave it; also the name of the downloaded file.</param>
/// <param name="Url">A file that never changes: the address names a commit and no branch.</param>
/// <param name="Sha256">The SHA-256 of the file, in lower-case hexadecimal.</param>
internal sealed record PretrainedModel(string Name, Uri Url, string Sha256)
{
    /// <summary>
    /// timm's ResNet-50, trained on ImageNet-1k by recipe A1 of "ResNet strikes back" (Wightman et al., 2021); 102 MB.
    /// </summary>
    public static PretrainedModel ResNet50A1 { get; } = new("resnet50.a1_in1k",
        new("https://huggingface.co/timm/resnet50.a1_in1k/resolve/767268603ca0cb0bfe326fa87277f19c419566ef/model.safetensors"),
        "773525d5821de224f8f30c33377b7a795d7863e08522698200d3217d3f2a41bb");
}
