using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Onnx.Validation;
using static TorchSharp.torch;

namespace VisualSentiment;

/// <summary>A recipe for a student network. The built-in ones, and the way to write one's own, are in <see cref="Students"/>.</summary>
public sealed class Student
{
    private readonly Func<int, nn.Module<Tensor, Tensor>> _create;
    private readonly StudentWeights? _weights;

    internal Student(string name, PixelNormalization normalization, Func<int, nn.Module<Tensor, Tensor>> create)
    {
        Name = name;
        Normalization = normalization;
        _create = create;
    }

    private Student(Student student, StudentWeights weights)
        : this($"{student.Name}, pretrained {weights.Fingerprint}", student.Normalization, student._create) => _weights = weights;

    /// <summary>The name, for logs and the metadata of exported models.</summary>
    public string Name { get; }

    /// <summary>What the first layer is fed.</summary>
    public PixelNormalization Normalization { get; }

    /// <summary>The layers by which the student, pretrained, says a backbone's features; null for one that was not.</summary>
    internal FeatureRegressors? Features => _weights?.Features;

    /// <summary>How many parameters the network has for a number of classes.</summary>
    public ParameterCount CountParameters(int classes) => Inspect(ParameterCount.Of, classes);

    /// <summary>
    /// How many products of two numbers the network adds up for one image, in convolutions and dense layers; what else it
    /// does is not counted.
    /// </summary>
    public long CountMultiplyAdds(int classes) => Inspect(network => MultiplyAdds.Count(network).Total, classes);

    /// <summary>
    /// The same student, whose training begins with the weights of a file that <see cref="SaveWeights"/> wrote. Its head, which
    /// depends on the classes, begins at random; the layers that say a backbone's features begin with what the file holds of them.
    /// </summary>
    /// <param name="path">A safetensors file.</param>
    /// <exception cref="PretrainedWeightsException">The file is missing, damaged, or of another network; what differs is listed.</exception>
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
            string wayOut = CanGrowFrom(path) ? $" It is of a smaller student that this one can grow from: call {nameof(GrownFrom)} in place of {nameof(WithWeights)}." : "";
            throw new PretrainedWeightsException(path, $"'{path}' does not fit the student '{Name}'.{wayOut} {e.Message}", e);
        }
        return student;
    }

    /// <summary>
    /// The same student, whose training begins with what a smaller one of the same design has learned, as
    /// <see cref="Students.Compact"/> can with the weights of <see cref="Students.CompactSmall"/>: it computes the same at first, and then
    /// learns more with the channels and blocks that it has besides (Chen et al. 2016, Net2Net). Pretrain it before it is distilled.
    /// </summary>
    /// <param name="path">A file that <see cref="SaveWeights"/> of the smaller student wrote.</param>
    /// <exception cref="PretrainedWeightsException">The file is missing, damaged, or of another design; what differs is listed.</exception>
    public Student GrownFrom(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        StudentWeights smaller = StudentWeights.Read(path);
        // What the new channels begin with must not differ from call to call.
        using var isolated = SeededTorch.Isolate(seed: 0);
        using OwnedNetwork network = CreateRandom(classes: 2);
        try
        {
            return With(smaller.Grow(network.Module, FindHead()));
        }
        catch (ArgumentException e)
        {
            throw new PretrainedWeightsException(path, $"The student '{Name}' cannot grow from '{path}'. {e.Message}", e);
        }
    }

    /// <summary>Writes the weights that training begins with, all but the head's, and the layers that say the backbone's features, to a safetensors file, by rename.</summary>
    /// <param name="path">The file; another of the same name is replaced.</param>
    /// <exception cref="InvalidOperationException">The student begins at random.</exception>
    public void SaveWeights(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (_weights is null)
            throw new InvalidOperationException($"The student '{Name}' begins with random weights; there is nothing to save before it is pretrained.");
        _weights.Write(path, Name);
    }

    /// <summary>The same student with weights to begin with.</summary>
    internal Student With(StudentWeights weights) => new(this, weights);

    /// <summary>A new network: input [N, 3, 224, 224], output logits [N, classes]. Its weights are random, but for those that the student begins with.</summary>
    /// <param name="classes">C.</param>
    /// <param name="wrap">Makes a network around the student's, of which that is then a part.</param>
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

    /// <summary>Looks at a network that is not trained, and frees it. The random state is left as it was.</summary>
    internal T Inspect<T>(Func<nn.Module<Tensor, Tensor>, T> look, int classes = 2)
    {
        using var isolated = SeededTorch.Isolate();
        using OwnedNetwork network = Create(classes);
        return look(network.Module);
    }

    /// <summary>The names of the tensors whose shape depends on the number of classes.</summary>
    internal IReadOnlySet<string> FindHead()
    {
        using var isolated = SeededTorch.Isolate();
        using OwnedNetwork few = CreateRandom(2), many = CreateRandom(3);
        Dictionary<string, Tensor> other = many.Module.state_dict();
        return few.Module.state_dict().Where(entry => !other.TryGetValue(entry.Key, out Tensor? tensor) || !entry.Value.shape.AsSpan().SequenceEqual(tensor.shape))
            .Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
    }

    private bool CanGrowFrom(string path)
    {
        try
        {
            GrownFrom(path);
            return true;
        }
        catch (PretrainedWeightsException)
        {
            return false;
        }
    }

    private OwnedNetwork CreateRandom(int classes) => OwnedNetwork.Create(() => CreateModule(classes));

    private nn.Module<Tensor, Tensor> CreateModule(int classes) =>
        _create(classes) ?? throw new InvalidOperationException($"The student '{Name}' created no network.");
}
