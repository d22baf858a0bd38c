using VisualSentiment.LibTorch;
using static TorchSharp.torch;

namespace VisualSentiment.Weights;

/// <summary>Loads the weights of a network from a safetensors file with the tensor names of torchvision and timm.</summary>
internal static class NetworkWeights
{
    /// <summary>Copies the tensors of a file into the network's parameters and buffers.</summary>
    /// <param name="network">The network; its devices, element types and strides do not change.</param>
    /// <param name="path">A safetensors file.</param>
    /// <param name="head">
    /// The layers of the task, not of the backbone (<c>fc</c>). If the file does not contain their tensors with the same
    /// shapes, they keep their values.
    /// </param>
    /// <returns>The tensors that were copied, and those of the head that were not.</returns>
    /// <exception cref="PretrainedWeightsException">
    /// The file is damaged or does not fit; the message lists these tensors, and the network is unchanged.
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
