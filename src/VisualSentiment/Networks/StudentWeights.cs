using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using VisualSentiment.Data.Columns;
using VisualSentiment.Onnx.Validation;
using VisualSentiment.Weights;
using static TorchSharp.torch;

namespace VisualSentiment.Networks;

/// <summary>
/// What a student begins with in place of random weights: all its tensors but those whose shape depends on the number of
/// classes, which is new for every task.
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

    /// <summary>Eight hexadecimal digits that the values decide.</summary>
    public string Fingerprint { get; }

    /// <summary>The layers that say a backbone's features; null where it learned none.</summary>
    public FeatureRegressors? Features { get; }

    /// <summary>Copies the weights of a trained network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="head">The names of the tensors that are left out.</param>
    /// <param name="features">The layers that say a backbone's features; null for none.</param>
    public static StudentWeights Of(nn.Module network, IReadOnlySet<string> head, FeatureRegressors? features) =>
        new(network.state_dict().Where(entry => !head.Contains(entry.Key)).ToDictionary(entry => entry.Key, entry => StoredTensor.Of(entry.Value), StringComparer.Ordinal), features);

    /// <summary>Reads a safetensors file.</summary>
    /// <exception cref="PretrainedWeightsException">The file is missing, damaged, or of element types that are not read.</exception>
    public static StudentWeights Read(string path)
    {
        using var file = new SafetensorsFile(path);
        var tensors = file.Tensors.ToDictionary(entry => entry.Key, entry => file.Read(entry.Key), StringComparer.Ordinal);
        return new StudentWeights(tensors.Where(entry => !FeatureRegressors.IsOne(entry.Key)).ToDictionary(StringComparer.Ordinal), FeatureRegressors.Find(tensors));
    }

    /// <summary>Weights with which a larger network begins by computing what these do.</summary>
    /// <param name="network">The larger network, as it is before training.</param>
    /// <param name="head">The names of the tensors that are left out.</param>
    /// <exception cref="ArgumentException">The networks are of different designs; all that differs is listed.</exception>
    public StudentWeights Grow(nn.Module network, IReadOnlySet<string> head) => new(GrownWeights.Grow(network, head, _tensors), Features);

    /// <summary>Writes a safetensors file, by rename.</summary>
    public void Write(string path, string student) => SafetensorsWriter.Write(path,
        _tensors.Concat(Features?.Stored ?? []).ToDictionary(StringComparer.Ordinal), new Dictionary<string, string> { [StudentKey] = student });

    /// <summary>Copies the weights into a network.</summary>
    /// <param name="network">The network; its head is left as it is.</param>
    /// <param name="head">The names of the tensors of the head.</param>
    /// <exception cref="ArgumentException">Tensors are missing, left over or of another shape; all are listed. The network is unchanged.</exception>
    public void CopyInto(nn.Module network, IReadOnlySet<string> head)
    {
        Dictionary<string, Tensor> own = network.state_dict();
        List<string> differences = [.. own.Keys.Where(name => !head.Contains(name) && !_tensors.ContainsKey(name)).Select(name => $"{name} is missing")];
        foreach (var (name, stored) in _tensors)
            if (!own.TryGetValue(name, out Tensor? tensor))
                differences.Add($"{name} is not in the network");
            else if (!head.Contains(name) && !tensor.shape.AsSpan().SequenceEqual(stored.Shape))
                differences.Add($"{name} is [{string.Join(", ", stored.Shape)}], and [{string.Join(", ", tensor.shape)}] in the network");
        if (differences.Count > 0)
            throw new ArgumentException($"The weights are those of another network:{string.Concat(differences.Select(d => $"{Environment.NewLine}  - {d}"))}");

        using var noGradient = no_grad();
        foreach (var (name, stored) in _tensors)
        {
            if (head.Contains(name))
                continue;
            stored.CopyInto(own[name]);
        }
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
