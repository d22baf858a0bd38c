using System.Runtime.InteropServices;
using TorchSharp;
using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Networks.Pretrained;

/// <summary>Fills a network from a safetensors file, by the tensor names that torchvision and timm share.</summary>
internal static class PretrainedWeights
{
    /// <summary>The value of a teacher's <c>weights</c> that stands for the published ImageNet weights.</summary>
    public const string ImageNet = "imagenet";

    /// <summary>The file behind a teacher's <c>weights</c>.</summary>
    /// <param name="weights">The path of a safetensors file, or <see cref="ImageNet"/>: the only value that may download.</param>
    /// <param name="model">What <see cref="ImageNet"/> means for this network.</param>
    /// <param name="log">Told of a download before it starts, and of trouble on the way.</param>
    /// <param name="progress">Told of every part of a download.</param>
    /// <param name="cancellationToken">Stops a download; a later call goes on where it stopped.</param>
    /// <exception cref="PretrainedWeightsException">There is no such file, or it cannot be downloaded.</exception>
    public static Task<string> ResolveAsync(
        string weights, PretrainedModel model, Action<string> log,
        IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (weights.Equals(ImageNet, StringComparison.OrdinalIgnoreCase))
            return new WeightCache().GetAsync(model, log, progress, cancellationToken);
        if (!File.Exists(weights))
            throw new PretrainedWeightsException(weights,
                $"There is no file '{weights}'. Give the path of a .safetensors file, or \"{ImageNet}\" to download '{model.Name}'.");
        return Task.FromResult(Path.GetFullPath(weights));
    }

    /// <inheritdoc cref="ResolveAsync"/>
    public static string Resolve(
        string weights, PretrainedModel model, Action<string> log,
        IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => ResolveAsync(weights, model, log, progress, cancellationToken), cancellationToken)
            .GetAwaiter().GetResult();

    /// <summary>Copies the tensors of a file into the network's parameters and buffers.</summary>
    /// <param name="network">The network; its devices, element types and strides stay as they are.</param>
    /// <param name="path">A safetensors file.</param>
    /// <param name="head">
    /// The layers that belong to the task and not to the backbone (<c>fc</c>). One whose tensors are not in the file with the
    /// same shapes keeps the values it has.
    /// </param>
    /// <exception cref="PretrainedWeightsException">
    /// The file is damaged or does not fit; the message lists all tensors concerned, and the network is unchanged.
    /// </exception>
    public static WeightsReport Load(nn.Module network, string path, params IReadOnlyList<string> head)
    {
        LibTorchBackend.EnsureLoaded();
        using var file = new SafetensorsFile(path);
        Dictionary<string, Tensor> state = network.state_dict();
        WeightsMatch match = WeightsMatch.Of(state, file, head);

        using (no_grad())
            foreach ((string name, string stored) in match.Pairs)
                Copy(file, stored, state[name]);
        return new WeightsReport(match.Pairs.Count, match.SkippedHead);
    }

    // By way of one contiguous tensor, because a parameter may lie on another device or be strided otherwise.
    private static void Copy(SafetensorsFile file, string stored, Tensor destination)
    {
        SafetensorsTensor tensor = file.Tensors[stored];
        bool counter = tensor.Type == SafetensorsType.I64;
        using Tensor staged = empty(tensor.Shape, counter ? ScalarType.Int64 : ScalarType.Float32, CPU);
        if (counter)
            file.Read(stored, MemoryMarshal.Cast<byte, long>(staged.bytes));
        else
            file.Read(stored, MemoryMarshal.Cast<byte, float>(staged.bytes));
        using Tensor shaped = staged.reshape(destination.shape);
        destination.copy_(shaped);
    }
}
