using System.Text;
using static TorchSharp.torch;

namespace VisualSentiment.Weights;

/// <summary>The assignment of tensors of a file to those of a network, complete before any is copied.</summary>
internal sealed class WeightsMatch
{
    /// <summary>Prefixes that training wrappers add to all names.</summary>
    private static readonly string[] Wrappers = ["module.", "model.", "backbone."];

    /// <summary>The names of VGG's dense layers in timm and in torchvision.</summary>
    private static readonly (string Stored, string Own)[] Aliases =
        [("pre_logits.fc1.", "classifier.0."), ("pre_logits.fc2.", "classifier.3."), ("head.fc.", "classifier.6.")];

    private const int MaxListed = 30;

    private WeightsMatch(List<(string Name, string Stored)> pairs, List<string> skippedHead)
    {
        Pairs = pairs;
        SkippedHead = skippedHead;
    }

    /// <summary>The names of tensors in the network and in the file.</summary>
    public IReadOnlyList<(string Name, string Stored)> Pairs { get; }

    /// <summary>Tensors of the head that do not fit and keep their values; sorted.</summary>
    public IReadOnlyList<string> SkippedHead { get; }

    /// <exception cref="PretrainedWeightsException">Tensors are missing, superfluous or of other shapes; all are listed.</exception>
    public static WeightsMatch Of(Dictionary<string, Tensor> state, SafetensorsFile file, IReadOnlyList<string> head)
    {
        Dictionary<string, string> stored = Rename(StripWrappers(file.Tensors.Keys, state.Keys), state.Keys);
        var skipped = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string layer in head)
        {
            string[] names = [.. state.Keys.Union(stored.Keys).Where(n => n.StartsWith(layer + '.', StringComparison.Ordinal))];
            bool fits = names.All(n =>
                state.TryGetValue(n, out Tensor? own) && stored.TryGetValue(n, out string? s) && Fits(own, file.Tensors[s]));
            if (!fits)
                skipped.UnionWith(names);
        }

        var pairs = new List<(string, string)>();
        List<string> missing = [], different = [];
        foreach (string name in state.Keys.Where(n => !skipped.Contains(n)))
        {
            if (!stored.TryGetValue(name, out string? storedName))
            {
                if (!IsCounter(name))
                    missing.Add($"{name} {Format(state[name].shape)}");
            }
            else if (!Fits(state[name], file.Tensors[storedName]))
                different.Add($"{name}: the network has {Describe(state[name])}, the file has {Describe(file.Tensors[storedName])}");
            else
                pairs.Add((name, storedName));
        }
        List<string> unexpected = [.. stored
            .Where(s => !state.ContainsKey(s.Key) && !skipped.Contains(s.Key) && !IsCounter(s.Key))
            .Select(s => $"{s.Value} {Format(file.Tensors[s.Value].Shape)}")];

        if (missing.Count + unexpected.Count + different.Count > 0)
            throw new PretrainedWeightsException(file.Path, Describe(file.Path, missing, unexpected, different));
        return new WeightsMatch(pairs, [.. skipped]);
    }

    /// <summary>The file's names without wrappers, each with its stored name.</summary>
    private static Dictionary<string, string> StripWrappers(
        IEnumerable<string> storedNames, IReadOnlyCollection<string> ownNames)
    {
        Dictionary<string, string> names = storedNames.ToDictionary(n => n, n => n, StringComparer.Ordinal);
        while (names.Count > 0 && Array.Find(Wrappers, IsCommon) is { } wrapper)
            names = names.ToDictionary(n => n.Key[wrapper.Length..], n => n.Value, StringComparer.Ordinal);
        return names;

        bool IsCommon(string wrapper) =>
            names.Keys.All(n => n.StartsWith(wrapper, StringComparison.Ordinal))
            && !ownNames.Any(n => n.StartsWith(wrapper, StringComparison.Ordinal));
    }

    private static Dictionary<string, string> Rename(
        Dictionary<string, string> names, IReadOnlyCollection<string> ownNames)
    {
        (string Stored, string Own)[] known = Array.FindAll(Aliases, alias =>
            HasPrefix(ownNames, alias.Own) && !HasPrefix(ownNames, alias.Stored) && !HasPrefix(names.Keys, alias.Own));
        return names.ToDictionary(n => Own(n.Key), n => n.Value, StringComparer.Ordinal);

        string Own(string name)
        {
            var (stored, own) = Array.Find(known, alias => name.StartsWith(alias.Stored, StringComparison.Ordinal));
            return stored is null ? name : own + name[stored.Length..];
        }

        static bool HasPrefix(IEnumerable<string> all, string prefix) =>
            all.Any(n => n.StartsWith(prefix, StringComparison.Ordinal));
    }

    private static bool Fits(Tensor own, SafetensorsTensor stored) =>
        own.is_floating_point() == (stored.Type != SafetensorsType.I64)
        && (own.shape.AsSpan().SequenceEqual(stored.Shape) || IsDenseAsConvolution(own.shape, stored.Shape));

    /// <summary>
    /// Whether the file contains a dense layer [out, in] as a convolution [out, c, h, w] over a whole map with the same
    /// order of values: c * h * w = in.
    /// </summary>
    private static bool IsDenseAsConvolution(long[] own, long[] stored) =>
        own is [var outputs, var inputs] && stored is [var filters, var c, var h, var w] && outputs == filters
        && c * h * w == inputs;

    /// <summary>Batch normalization's count of batches, which old files lack and inference does not need.</summary>
    private static bool IsCounter(string name) => name.EndsWith("num_batches_tracked", StringComparison.Ordinal);

    private static string Describe(string path, List<string> missing, List<string> unexpected, List<string> different)
    {
        var message = new StringBuilder($"The weights '{path}' do not fit the network, which is unchanged.");
        List(missing, "missing from the file");
        List(unexpected, "in the file but not in the network");
        List(different, "of another shape or type");
        return message.Append("\nUse a file of the same architecture with torchvision's or timm's tensor names.").ToString();

        void List(List<string> tensors, string error)
        {
            if (tensors.Count == 0)
                return;
            message.Append($"\n{tensors.Count} {error}:");
            foreach (string tensor in tensors.Take(MaxListed))
                message.Append($"\n  {tensor}");
            if (tensors.Count > MaxListed)
                message.Append($"\n  and {tensors.Count - MaxListed} more");
        }
    }

    private static string Describe(Tensor own) => $"{Format(own.shape)} {own.dtype}";

    private static string Describe(SafetensorsTensor stored) => $"{Format(stored.Shape)} {stored.Type}";

    private static string Format(long[] shape) => $"[{string.Join(", ", shape)}]";
}
