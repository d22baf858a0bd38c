using VisualSentiment.Weights;
using static TorchSharp.torch;

namespace VisualSentiment.Networks;

/// <summary>
/// Weights for a network that has more channels and blocks than a trained one, and begins by computing the same (Chen et al. 2016,
/// Net2Net): what was there does not hear the new channels, whose own weights are random; a new block adds nothing to its input.
/// </summary>
internal static class GrownWeights
{
    /// <param name="network">The larger network, as it is before training.</param>
    /// <param name="head">The names of its tensors that depend on the classes, which are left out.</param>
    /// <param name="smaller">The tensors of the trained one.</param>
    /// <exception cref="ArgumentException">The networks are of different designs; all that differs is listed.</exception>
    public static Dictionary<string, StoredTensor> Grow(nn.Module network, IReadOnlySet<string> head, IReadOnlyDictionary<string, StoredTensor> smaller)
    {
        using var scope = NewDisposeScope();
        string[] added = [.. network.named_modules().Where(entry => entry.module is SeparableBlock { IsResidual: true })
            .Select(entry => $"{entry.name}.").Where(block => !smaller.Keys.Any(name => name.StartsWith(block, StringComparison.Ordinal)))];
        Dictionary<string, Tensor> own = network.state_dict().Where(entry => !head.Contains(entry.Key)).ToDictionary(StringComparer.Ordinal);
        List<string> differences = [.. smaller.Keys.Where(name => !own.ContainsKey(name) && !head.Contains(name)).Select(name => $"{name} is not in the network")];
        Dictionary<string, StoredTensor> grown = new(StringComparer.Ordinal);
        foreach (var (name, tensor) in own)
            if (smaller.TryGetValue(name, out StoredTensor? stored))
            {
                if (Fits(stored.Shape, tensor.shape))
                    grown.Add(name, Widen(tensor, stored));
                else
                    differences.Add($"{name} is [{string.Join(", ", stored.Shape)}], which has no place in [{string.Join(", ", tensor.shape)}]");
            }
            else if (added.FirstOrDefault(block => name.StartsWith(block, StringComparison.Ordinal)) is { } block)
                grown.Add(name, name == block + SeparableBlock.LastScale ? StoredTensor.Of(zeros_like(tensor)) : StoredTensor.Of(tensor));
            else
                differences.Add($"{name} is missing");
        return differences.Count == 0 ? grown
            : throw new ArgumentException($"The weights are not those of a smaller network of this design:{string.Concat(differences.Select(d => $"{Environment.NewLine}  - {d}"))}");
    }

    // Channels may come; what a convolution sees of a channel stays as it is.
    private static bool Fits(long[] stored, long[] shape) =>
        stored.Length == shape.Length && stored.Take(2).Zip(shape).All(size => size.First <= size.Second) && stored.Skip(2).SequenceEqual(shape.Skip(2));

    // [outputs, inputs, ...] or one number a channel.
    private static StoredTensor Widen(Tensor tensor, StoredTensor stored)
    {
        if (stored.Shape.AsSpan().SequenceEqual(tensor.shape))
            return stored;
        using var scope = NewDisposeScope();
        Tensor wide = tensor.detach().clone(), known = wide.narrow(0, 0, stored.Shape[0]);
        if (stored.Shape.Length > 1)
        {
            known.zero_();
            known = known.narrow(1, 0, stored.Shape[1]);
        }
        stored.CopyInto(known);
        return StoredTensor.Of(wide);
    }
}
