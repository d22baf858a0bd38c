using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace VisualSentiment;

/// <summary>
/// A student: the architecture, input normalization and initial weights of the network to train.
/// <see cref="Students"/> has the built-in students and a factory for your own.
/// </summary>
public sealed class Student
{
    private readonly Func<int, nn.Module<Tensor, Tensor>> _create;
    private readonly string _architecture;
    private readonly StudentWeights? _weights;

    internal Student(string name, PixelNormalization normalization, Func<int, nn.Module<Tensor, Tensor>> create)
    {
        Name = _architecture = name;
        Normalization = normalization;
        _create = create;
    }

    private Student(Student student, StudentWeights weights)
        : this(student._architecture, student.Normalization, student._create)
    {
        Name = $"{_architecture}, pretrained {weights.Fingerprint}";
        _weights = weights;
    }

    /// <summary>Gets the name in logs and in the metadata of exported models.</summary>
    public string Name { get; }

    /// <summary>Gets the normalization of pixel values before the first layer.</summary>
    public PixelNormalization Normalization { get; }

    /// <summary>Gets whether the initial weights are pretrained, not random.</summary>
    public bool IsPretrained => _weights is not null;

    /// <summary>The pretrained projections to a backbone's features; null without pretraining.</summary>
    internal FeatureRegressors? Features => _weights?.Features;

    /// <summary>Counts the parameters of the network.</summary>
    /// <param name="classes">The number of classes.</param>
    public ParameterCount CountParameters(int classes) => Inspect(ParameterCount.Of, classes);

    /// <summary>Counts the multiply-adds of the convolutions and dense layers for one image.</summary>
    /// <param name="classes">The number of classes.</param>
    public long CountMultiplyAdds(int classes) => Inspect(network => MultiplyAdds.Count(network).Total, classes);

    /// <summary>
    /// Returns the same student with initial weights from a file that was written by <see cref="SaveWeights"/>. The
    /// head, whose shape depends on the classes, keeps random weights. If the file contains projections to a backbone's
    /// features, they are restored too.
    /// </summary>
    /// <param name="path">The path of a safetensors file.</param>
    /// <exception cref="PretrainedWeightsException">
    /// The file is missing, damaged, or for a different network; the message lists all differences.
    /// </exception>
    public Student WithWeights(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        StudentWeights weights = StudentWeights.Read(path);
        var student = With(weights);
        try
        {
            student.Inspect(_ => true);
        }
        catch (ArgumentException e)
        {
            throw new PretrainedWeightsException(path, $"'{path}' does not match the student '{_architecture}'. {e.Message}", e);
        }
        return student;
    }

    /// <summary>Returns the same student with random initial weights.</summary>
    public Student FromScratch() => _weights is null ? this : new Student(_architecture, Normalization, _create);

    /// <summary>
    /// Writes the initial weights, except those of the head, and the projections to the backbone's features to a
    /// safetensors file. An existing file is replaced only after the new one is complete.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="InvalidOperationException">The student has random initial weights.</exception>
    public void SaveWeights(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (_weights is null)
            throw new InvalidOperationException(
                $"The student '{Name}' has random initial weights; save the student that PretrainStudent returns.");
        _weights.Write(path, Name);
    }

    internal Student With(StudentWeights weights) => new(this, weights);

    /// <summary>
    /// Creates a network with the student's initial weights: input [N, 3, 224, 224], output logits [N, classes]. If
    /// <paramref name="wrap"/> is given, returns the network that it creates around the student's.
    /// </summary>
    internal OwnedNetwork Create(int classes, Func<nn.Module<Tensor, Tensor>, nn.Module<Tensor, Tensor>>? wrap = null)
    {
        LibTorchBackend.EnsureLoaded();
        nn.Module<Tensor, Tensor>? student = null;
        OwnedNetwork network = OwnedNetwork.Create(() =>
        {
            student = CreateModule(classes);
            return wrap is null ? student : wrap(student);
        });
        if (_weights is null)
            return network;
        try
        {
            _weights.CopyInto(student!, FindHead());
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Calls a function on a temporary, untrained network. Preserves the random state.</summary>
    internal T Inspect<T>(Func<nn.Module<Tensor, Tensor>, T> inspect, int classes = 2)
    {
        using var isolated = SeededTorch.Isolate();
        using OwnedNetwork network = Create(classes);
        return inspect(network.Module);
    }

    /// <summary>The names of the tensors whose shape depends on the number of classes.</summary>
    internal IReadOnlySet<string> FindHead()
    {
        using var isolated = SeededTorch.Isolate();
        using OwnedNetwork few = CreateRandom(2), many = CreateRandom(3);
        Dictionary<string, Tensor> other = many.Module.state_dict();
        return few.Module.state_dict().Where(entry => !other.TryGetValue(entry.Key, out Tensor? tensor)
                || !entry.Value.shape.AsSpan().SequenceEqual(tensor.shape))
            .Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
    }

    private OwnedNetwork CreateRandom(int classes) => OwnedNetwork.Create(() => CreateModule(classes));

    private nn.Module<Tensor, Tensor> CreateModule(int classes) =>
        _create(classes) ?? throw new InvalidOperationException(
            $"The factory of the student '{Name}' returned null; it must return a network.");
}
