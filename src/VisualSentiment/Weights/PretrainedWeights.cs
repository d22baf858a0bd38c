using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Weights;

/// <summary>Loads a network's weights from a safetensors file with the tensor names of torchvision and timm.</summary>
internal static class PretrainedWeights
{
    /// <summary>The value of the parameter <c>weights</c> that means the published ImageNet weights.</summary>
    public const string ImageNet = "imagenet";

    /// <summary>Gets the path of a file of weights.</summary>
    /// <param name="weights">The path of a safetensors file, or <see cref="ImageNet"/>, the only value that may cause a download.</param>
    /// <param name="model">The published weights that <see cref="ImageNet"/> means.</param>
    /// <param name="log">Receives messages about a download.</param>
    /// <param name="cancellationToken">Stops a download; a later call resumes it.</param>
    /// <exception cref="PretrainedWeightsException">The file does not exist, or cannot be downloaded.</exception>
    public static string Resolve(string weights, PretrainedModel model, Action<string> log, CancellationToken cancellationToken)
    {
        if (weights.Equals(ImageNet, StringComparison.OrdinalIgnoreCase))
            return Task.Run(() => new WeightDownload(WeightDownload.DefaultFolder(), log).GetAsync(model, cancellationToken),
                cancellationToken).GetAwaiter().GetResult();
        if (!File.Exists(weights))
            throw new PretrainedWeightsException(weights,
                $"The file '{weights}' does not exist. Pass the path of a .safetensors file, or \"{ImageNet}\" to download '{model.Name}'.");
        return Path.GetFullPath(weights);
    }

    /// <summary>Copies the tensors of a file into the network's parameters and buffers.</summary>
    /// <param name="network">The network; its devices, element types and strides do not change.</param>
    /// <param name="path">A safetensors file.</param>
    /// <param name="head">
    /// The layers of the task, not of the backbone (<c>fc</c>). If the file does not contain their tensors with the
    /// same shapes, they keep their values.
    /// </param>
    /// <returns>The tensors that were copied, and those of the head that were not.</returns>
    /// <exception cref="PretrainedWeightsException">
    /// The file is damaged or does not fit; the message lists all these tensors, and the network is unchanged.
    /// </exception>
    public static WeightsMatch Load(nn.Module network, string path, params IReadOnlyList<string> head)
    {
        LibTorchBackend.EnsureLoaded();
        using var file = new SafetensorsFile(path);
        Dictionary<string, Tensor> state = network.state_dict();
        WeightsMatch match = WeightsMatch.Of(state, file, head);

        foreach ((string name, string stored) in match.Pairs)
            file.Read(stored).CopyInto(state[name]);
        return match;
    }
}

/// <summary>Published weights to download.</summary>
/// <param name="Name">The publisher's name, also that of the downloaded file.</param>
/// <param name="Url">The address, with a commit instead of a branch, so that the file never changes.</param>
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
