using System.Security.Cryptography;
using System.Text;
using VisualSentiment.Onnx.Validation;
using VisualSentiment.Weights;

namespace VisualSentiment.Networks;

/// <summary>
/// The layers by which a student that was pretrained says a backbone's features: "embedding.weight" [D, W] and "embedding.bias" [D]
/// from what its last layer is given, "map14.weight" [C, c, 1, 1] and "map14.bias" [C] from its map of 14 x 14. Training that goes on
/// with the features of the same backbone begins with them; random ones would undo some of what lies before them.
/// </summary>
/// <param name="Backbone">Sixteen hexadecimal digits that the backbone decides.</param>
/// <param name="Tensors">Their weights.</param>
internal sealed record FeatureRegressors(string Backbone, IReadOnlyDictionary<string, StoredTensor> Tensors)
{
    // A name that no student's own tensors have.
    private const string Prefix = "visualsentiment.features/";

    /// <summary>The digits of a backbone.</summary>
    /// <param name="backbone">What decides the embeddings it computes.</param>
    public static string DigitsOf(string backbone) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(backbone)).AsSpan(0, 8));

    /// <summary>Their names in a file, among the student's.</summary>
    public IEnumerable<KeyValuePair<string, StoredTensor>> Stored => Tensors.Select(entry => KeyValuePair.Create($"{Prefix}{Backbone}/{entry.Key}", entry.Value));

    /// <summary>Finds them among the tensors of a file.</summary>
    /// <returns>null where the file holds none.</returns>
    public static FeatureRegressors? Find(IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        string[][] names = [.. tensors.Keys.Where(IsOne).Select(name => name[Prefix.Length..].Split('/', 2)).Where(parts => parts.Length == 2)];
        return names.Length == 0 ? null
            : new FeatureRegressors(names[0][0], names.Where(parts => parts[0] == names[0][0]).ToDictionary(parts => parts[1], parts => tensors[$"{Prefix}{parts[0]}/{parts[1]}"], StringComparer.Ordinal));
    }

    /// <summary>Whether a tensor of a file is of such a layer.</summary>
    public static bool IsOne(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);
}
