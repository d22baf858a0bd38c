using Microsoft.ML.Runtime;
using TorchSharp.Modules;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Teaching;
using VisualSentiment.Training.Gradients;
using VisualSentiment.Weights;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Distillation.Features;

/// <summary>
/// A student with auxiliary regressors that predict a backbone's feature maps (FitNets hints, Romero et al. 2015), each
/// a 1 x 1 convolution of a student's map of the same size, or of a larger one pooled to it. Input [N, 3, 224, 224],
/// output [N, D + C1 S1 S1 + ...]: the student's own output, then the maps. A student with classes also has a dense
/// layer that predicts the embedding from the input of its last layer; its output is logits, embedding, maps in
/// training mode, and the logits in evaluation mode.
/// </summary>
internal sealed class HintedNetwork : Module<Tensor, Tensor>, IStateless
{
    // Larger maps take several times the memory.
    private static readonly int[] Sides = [7, 14];

    private readonly Module<Tensor, Tensor> student;
    private readonly ModuleList<Conv2d> adapters;
    private readonly Linear? embedding;
    private readonly Module<Tensor, Tensor>[] _parts;
    private readonly MapSource[] _sources;
    private readonly int[] _sides;

    private HintedNetwork(Module<Tensor, Tensor> student, IReadOnlyList<BackboneMap> maps, int embeddingWidth = 0)
        : base(nameof(HintedNetwork))
    {
        this.student = student;
        _parts = PartsOf(student);
        long[][] shapes = ShapesOf(_parts, student);
        Dictionary<int, MapSource> sources = FindSources(shapes);
        _sources = [.. maps.Select(map => sources[map.Side])];
        _sides = [.. maps.Select(map => map.Side)];
        adapters = [.. maps.Select(map => Conv2d(sources[map.Side].Channels, map.Channels, kernel_size: 1))];
        if (embeddingWidth > 0)
            embedding = Linear(FindLastWidth(shapes)!.Value, embeddingWidth);
        RegisterComponents();
    }

    /// <summary>The student's map from which a backbone's map is predicted: the output of a part.</summary>
    private readonly record struct MapSource(int Part, long Channels, long Side);

    /// <summary>
    /// Finds the sides of the maps that a student can predict; none if it is not a <c>Sequential</c>.
    /// </summary>
    public static IReadOnlyCollection<int> FindSides(Student student) => [.. FindSources(ShapesOf(student)).Keys];

    /// <exception cref="NotSupportedException">The student cannot predict features beside its classes.</exception>
    public static void ThrowIfWithoutLastLayer(Student student)
    {
        if (FindLastWidth(ShapesOf(student)) is null)
            throw new NotSupportedException($"The student '{student.Name}' cannot learn features beside its classes: "
                + "it is not a Sequential whose last part has an input [N, D]. Set "
                + $"{nameof(KnowledgeDistillationOptions.Features)} to null, or pretrain on them with PretrainStudent.");
    }

    /// <summary>
    /// Warns if the student was pretrained on another backbone, so that its regressors cannot be reused.
    /// </summary>
    public static void WarnOfAnotherBackbone(Student student, Teacher teacher, CachedBackbone backbone, IChannel log)
    {
        if (student.Features is { } learned && learned.BackboneId != FeatureRegressors.GetBackboneId(backbone.Network))
            log.Warning(MessageSensitivity.None, "The student '{0}' was pretrained with another backbone than that of "
                + "the teacher '{1}': the layers that predict its features start from random weights. To reuse them, "
                + "pretrain the student with this teacher.", student.Name, teacher.Name);
    }

    /// <summary>
    /// Creates a student with <paramref name="outputs"/> embedding elements and the maps, whose sides
    /// <see cref="FindSides"/> returned. Regressors that were pretrained with the same backbone are reused.
    /// </summary>
    public static OwnedNetwork Create(
        Student student, int outputs, IReadOnlyList<BackboneMap> maps, string? backbone = null) =>
        CopyLearned(student.Create(outputs, network => maps.Count == 0 ? network : new HintedNetwork(network, maps)),
            student.Features, backbone);

    /// <summary>Creates a student with classes that also predicts the features in training mode.</summary>
    /// <inheritdoc cref="Create"/>
    public static OwnedNetwork CreateForClasses(Student student, int classes, int embeddingWidth,
        IReadOnlyList<BackboneMap> maps, string? backbone = null) =>
        CopyLearned(student.Create(classes, network => new HintedNetwork(network, maps, embeddingWidth)),
            student.Features, backbone);

    public static Module<Tensor, Tensor> StudentOf(OwnedNetwork network) =>
        network.Module is HintedNetwork hinted ? hinted.student : network.Module;

    /// <summary>Copies the regressors of a network that <see cref="Create"/> returned.</summary>
    public static FeatureRegressors RegressorsOf(OwnedNetwork network, string backbone) =>
        new(FeatureRegressors.GetBackboneId(backbone), TensorsOf(network.Module).ToDictionary(
            entry => entry.Name, entry => StoredTensor.Of(entry.Tensor), StringComparer.Ordinal));

    // Skips layers of other shapes, which differ between students with and without classes.
    private static OwnedNetwork CopyLearned(OwnedNetwork network, FeatureRegressors? learned, string? backbone)
    {
        if (learned is null || backbone is null || learned.BackboneId != FeatureRegressors.GetBackboneId(backbone))
            return network;
        foreach (var (name, tensor) in TensorsOf(network.Module))
            if (learned.Tensors.TryGetValue(name, out StoredTensor? stored)
                && stored.Shape.AsSpan().SequenceEqual(tensor.shape))
                stored.CopyInto(tensor);
        return network;
    }

    private static IEnumerable<(string Name, Tensor Tensor)> TensorsOf(Module<Tensor, Tensor> network)
    {
        var hinted = network as HintedNetwork;
        Linear? embedding = hinted?.embedding ?? (hinted?._parts ?? PartsOf(network)).LastOrDefault() as Linear;
        List<(string Name, Module Layer)> layers = [];
        if (embedding is not null)
            layers.Add(("embedding", embedding));
        if (hinted is not null)
            layers.AddRange(hinted.adapters.Select((adapter, i) => ($"map{hinted._sides[i]}", (Module)adapter)));
        return layers.SelectMany(layer =>
            layer.Layer.state_dict().Select(entry => ($"{layer.Name}.{entry.Key}", entry.Value)));
    }

    public override Tensor forward(Tensor input)
    {
        if (embedding is not null && !training)
            return student.call(input);
        using var scope = NewDisposeScope();
        var hints = new Tensor[_sources.Length];
        Tensor x = input;
        Tensor[] embedded = [];
        for (int part = 0; part < _parts.Length; part++)
        {
            if (embedding is not null && part == _parts.Length - 1)
                embedded = [embedding.call(x)];
            x = _parts[part].call(x);
            for (int i = 0; i < _sources.Length; i++)
                if (_sources[i].Part == part)
                    hints[i] = adapters[i].call(_sources[i].Side == _sides[i]
                        ? x : functional.adaptive_avg_pool2d(x, _sides[i])).flatten(1);
        }
        return cat([x, .. embedded, .. hints], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Gets the parts of a <c>Sequential</c>; none for other networks.</summary>
    public static Module<Tensor, Tensor>[] PartsOf(Module<Tensor, Tensor> network) =>
        network.GetType() == typeof(Sequential) && network.children().All(part => part is Module<Tensor, Tensor>)
            ? [.. network.children().Cast<Module<Tensor, Tensor>>()] : [];

    private static long[][] ShapesOf(Student student) =>
        student.Inspect(network => ShapesOf(PartsOf(network), network));

    // The output shape of each part.
    private static long[][] ShapesOf(Module<Tensor, Tensor>[] parts, Module<Tensor, Tensor> network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        bool training = network.training;
        // A blank image must not change the statistics of batch normalization.
        network.eval();
        Tensor x = zeros(1, PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width);
        long[][] shapes = [.. parts.Select(part => (x = part.call(x)).shape)];
        network.train(training);
        return shapes;
    }

    // For each side, the smallest map that is at least as large, and the last of its size.
    private static Dictionary<int, MapSource> FindSources(long[][] shapes)
    {
        MapSource[] maps = [.. shapes.Index()
            .Where(part => part.Item is [_, _, var height, var width] && height == width)
            .Select(part => new MapSource(part.Index, part.Item[1], part.Item[2]))
            .OrderBy(map => map.Side).ThenByDescending(map => map.Part)];
        return Sides.Where(side => maps.Any(map => map.Side >= side))
            .ToDictionary(side => side, side => maps.First(map => map.Side >= side));
    }

    // The width of the last part's input; null if it is not a vector.
    private static long? FindLastWidth(long[][] shapes) => shapes is [.., [_, var width], _] ? width : null;
}
