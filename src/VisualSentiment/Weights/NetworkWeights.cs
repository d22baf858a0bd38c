using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Weights;

/// <summary>Fills a network from a safetensors file, by the tensor names that torchvision and timm share.</summary>
internal static class NetworkWeights
{
    /// <summary>Copies the tensors of a file into the network's parameters and buffers.</summary>
    /// <param name="network">The network; its devices, element types and strides stay as they are.</param>
    /// <param name="path">A safetensors file.</param>
    /// <param name="head">
    /// The layers that belong to the task and not to the backbone (<c>fc</c>). One whose tensors are not in the file
    /// with the same shapes keeps the values it has.
    /// </param>
    /// <returns>Which tensors were copied and which ones of the head were not.</returns>
    /// <exception cref="PretrainedWeightsException">
    /// The file is damaged or does not fit; the message lists all tensors concerned, and the network is unchanged.
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
