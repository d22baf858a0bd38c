using System.Security.Cryptography;
using System.Text;
using VisualSentiment.Weights;
using static TorchSharp.torch;

namespace VisualSentiment.Networks;

/// <summary>
/// The initial weights of a pretrained student: all tensors except the head, whose shape depends on the classes.
/// </summary>
internal sealed class StudentWeights
{
    private const string StudentKey = "visualsentiment.student";
    private readonly IReadOnlyDictionary<string, StoredTensor> _tensors;

    private StudentWeights(IReadOnlyDictionary<string, StoredTensor> tensors, FeatureRegressors? features)
    {
        _tensors = tensors;
        Features = features;
        Fingerprint = Hash(tensors.Concat(features?.Stored ?? []));
    }

    /// <summary>The first eight hexadecimal digits of a hash of all tensors.</summary>
    public string Fingerprint { get; }

    /// <summary>The student's projections to a backbone's features; null if it has none.</summary>
    public FeatureRegressors? Features { get; }

    /// <summary>Copies the weights of a trained network, except those of the head.</summary>
    public static StudentWeights Of(nn.Module network, IReadOnlySet<string> head, FeatureRegressors? features) =>
        new(network.state_dict().Where(entry => !head.Contains(entry.Key)).ToDictionary(
            entry => entry.Key, entry => StoredTensor.Of(entry.Value), StringComparer.Ordinal), features);

    /// <summary>Reads a safetensors file.</summary>
    /// <exception cref="PretrainedWeightsException">
    /// The file is missing, damaged, or has unsupported element types.
    /// </exception>
    public static StudentWeights Read(string path)
    {
        using var file = new SafetensorsFile(path);
        return Read(file);
    }

    /// <summary>Reads the weights of a built-in student that the assembly contains; docs/model-card.md describes them.</summary>
    public static StudentWeights Shipped(string student)
    {
        string resource = $"{student}.safetensors";
        using var file = new SafetensorsFile(resource, typeof(StudentWeights).Assembly.GetManifestResourceStream(resource)!);
        return Read(file);
    }

    private static StudentWeights Read(SafetensorsFile file)
    {
        var tensors = file.Tensors.Keys.ToDictionary(name => name, file.Read, StringComparer.Ordinal);
        return new StudentWeights(tensors.Where(entry => !FeatureRegressors.IsRegressor(entry.Key))
            .ToDictionary(StringComparer.Ordinal), FeatureRegressors.Find(tensors));
    }

    /// <summary>Writes a safetensors file, which replaces an existing one only when it is complete.</summary>
    public void Write(string path, string student) => SafetensorsWriter.Write(path,
        _tensors.Concat(Features?.Stored ?? []).ToDictionary(StringComparer.Ordinal),
        new Dictionary<string, string> { [StudentKey] = student });

    /// <summary>Copies the weights into a network, except its head.</summary>
    /// <exception cref="ArgumentException">
    /// Tensors are missing, superfluous or of other shapes; all are listed. The network is unchanged.
    /// </exception>
    public void CopyInto(nn.Module network, IReadOnlySet<string> head)
    {
        Dictionary<string, Tensor> own = network.state_dict();
        List<string> differences = [.. own.Keys.Where(name => !head.Contains(name) && !_tensors.ContainsKey(name))
            .Select(name => $"{name} is missing")];
        foreach (var (name, stored) in _tensors)
            if (!own.TryGetValue(name, out Tensor? tensor))
                differences.Add($"{name} is not in the network");
            else if (!head.Contains(name) && !tensor.shape.AsSpan().SequenceEqual(stored.Shape))
                differences.Add($"{name} has shape [{string.Join(", ", stored.Shape)}], but "
                    + $"[{string.Join(", ", tensor.shape)}] in the network");
        if (differences.Count > 0)
            throw new ArgumentException("The weights are those of another network:"
                + string.Concat(differences.Select(difference => $"{Environment.NewLine}  - {difference}")));

        using var noGradient = no_grad();
        foreach (var (name, stored) in _tensors)
            if (!head.Contains(name))
                stored.CopyInto(own[name]);
    }

    private static string Hash(IEnumerable<KeyValuePair<string, StoredTensor>> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, tensor) in tensors.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(tensor.Bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 4));
    }
}
