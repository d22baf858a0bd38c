using System.Security.Cryptography;
using System.Text;
using VisualSentiment.Weights;

namespace VisualSentiment.Networks;

/// <summary>
/// The projection layers from a pretrained student's features to a backbone's: "embedding.weight" [D, W] and
/// "embedding.bias" [D] from the input of its last layer, "map14.weight" [C, c, 1, 1] and "map14.bias" [C] from its
/// 14 x 14 map. Further training on the same backbone's features starts with them, because random ones would undo part
/// of the pretraining.
/// </summary>
/// <param name="BackboneId">The id of the backbone, from <see cref="GetBackboneId"/>.</param>
/// <param name="Tensors">The weights by name.</param>
internal sealed record FeatureRegressors(string BackboneId, IReadOnlyDictionary<string, StoredTensor> Tensors)
{
    // No tensor of a student has this prefix.
    private const string Prefix = "visualsentiment.features/";

    /// <summary>
    /// Gets sixteen hexadecimal digits that identify a backbone by its <see cref="Teaching.CachedBackbone.Network"/>.
    /// </summary>
    public static string GetBackboneId(string backbone) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(backbone)).AsSpan(0, 8));

    /// <summary>The tensors by their names in a weights file.</summary>
    public IEnumerable<KeyValuePair<string, StoredTensor>> Stored =>
        Tensors.Select(entry => KeyValuePair.Create($"{Prefix}{BackboneId}/{entry.Key}", entry.Value));

    /// <summary>Finds the regressors in a weights file; null if it has none.</summary>
    public static FeatureRegressors? Find(IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        string[][] names = [.. tensors.Keys.Where(IsRegressor)
            .Select(name => name[Prefix.Length..].Split('/', 2)).Where(parts => parts.Length == 2)];
        return names.Length == 0 ? null
            : new FeatureRegressors(names[0][0], names.Where(parts => parts[0] == names[0][0]).ToDictionary(
                parts => parts[1], parts => tensors[$"{Prefix}{parts[0]}/{parts[1]}"], StringComparer.Ordinal));
    }

    /// <summary>Whether a tensor of a weights file belongs to a regressor.</summary>
    public static bool IsRegressor(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);
}
