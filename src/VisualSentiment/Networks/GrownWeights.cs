using VisualSentiment.Weights;
using static TorchSharp.torch;

namespace VisualSentiment.Networks;

/// <summary>
/// Initial weights of a wider and deeper network that computes the same function as a smaller trained one (Net2Net,
/// Chen et al. 2016): existing units get zero weights from new channels, new channels keep their random weights, and
/// new residual blocks are the identity.
/// </summary>
internal static class GrownWeights
{
    /// <summary>Widens the tensors of a smaller network for a larger one, except those of its head.</summary>
    /// <exception cref="ArgumentException">The networks have different designs; all differences are listed.</exception>
    public static Dictionary<string, StoredTensor> Grow(
        nn.Module network, IReadOnlySet<string> head, IReadOnlyDictionary<string, StoredTensor> smaller)
    {
        using var scope = NewDisposeScope();
        string[] newBlocks = [.. network.named_modules()
            .Where(entry => entry.module is SeparableBlock { IsResidual: true }).Select(entry => $"{entry.name}.")
            .Where(block => !smaller.Keys.Any(name => name.StartsWith(block, StringComparison.Ordinal)))];
        Dictionary<string, Tensor> own = network.state_dict().Where(entry => !head.Contains(entry.Key))
            .ToDictionary(StringComparer.Ordinal);
        List<string> differences = [.. smaller.Keys.Where(name => !own.ContainsKey(name) && !head.Contains(name))
            .Select(name => $"{name} is not in the network")];
        Dictionary<string, StoredTensor> grown = new(StringComparer.Ordinal);
        foreach (var (name, tensor) in own)
            if (smaller.TryGetValue(name, out StoredTensor? stored))
            {
                if (Fits(stored.Shape, tensor.shape))
                    grown.Add(name, Widen(tensor, stored));
                else
                    differences.Add($"{name} has shape [{string.Join(", ", stored.Shape)}], which does not fit into "
                        + $"[{string.Join(", ", tensor.shape)}]");
            }
            else if (newBlocks.FirstOrDefault(block => name.StartsWith(block, StringComparison.Ordinal)) is { } block)
                grown.Add(name,
                    StoredTensor.Of(name == block + SeparableBlock.LastScale ? zeros_like(tensor) : tensor));
            else
                differences.Add($"{name} is missing");
        return differences.Count == 0 ? grown
            : throw new ArgumentException("The weights are not those of a smaller network of this design:"
                + string.Concat(differences.Select(difference => $"{Environment.NewLine}  - {difference}")));
    }

    // Channels may be added; kernel sizes must match.
    private static bool Fits(long[] stored, long[] shape) =>
        stored.Length == shape.Length && stored.Take(2).Zip(shape).All(size => size.First <= size.Second)
        && stored.Skip(2).SequenceEqual(shape.Skip(2));

    // The tensor is [outputs, inputs, ...] or has one element per channel.
    private static StoredTensor Widen(Tensor tensor, StoredTensor stored)
    {
        if (stored.Shape.AsSpan().SequenceEqual(tensor.shape))
            return stored;
        using var scope = NewDisposeScope();
        Tensor wide = tensor.detach().clone(), existing = wide.narrow(0, 0, stored.Shape[0]);
        if (stored.Shape.Length > 1)
        {
            existing.zero_();
            existing = existing.narrow(1, 0, stored.Shape[1]);
        }
        stored.CopyInto(existing);
        return StoredTensor.Of(wide);
    }
}
