using Microsoft.ML.Runtime;
using TorchSharp.Modules;
using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.Networks;
using VisualSentiment.Onnx.Import;
using VisualSentiment.Onnx.Validation;
using VisualSentiment.Teaching;
using VisualSentiment.Training.Gradients;
using VisualSentiment.Weights;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Distillation.Features;

/// <summary>
/// A student that also says what a backbone's feature maps are, each from its own map of the same size, or a larger one averaged to
/// it, by a 1 x 1 convolution (Romero et al. 2015, FitNets): [N, 3, 224, 224] -> [N, D + C1 S1 S1 + ...], the student's own output first.
/// One that names classes meanwhile has the embedding behind its logits, by a dense layer from what its own last layer is given, and
/// says nothing but the logits in evaluation mode.
/// </summary>
internal sealed class HintedNetwork : Module<Tensor, Tensor>, IStateless
{
    // Larger maps are several times as many numbers.
    private static readonly int[] Sides = [7, 14];

    private readonly Module<Tensor, Tensor> student;
    private readonly ModuleList<Conv2d> adapters;
    private readonly Linear? embedding;
    private readonly Module<Tensor, Tensor>[] _parts;
    private readonly MapEnd[] _ends;
    private readonly int[] _sides;

    private HintedNetwork(Module<Tensor, Tensor> student, IReadOnlyList<BackboneMap> maps, int embeddingWidth = 0) : base(nameof(HintedNetwork))
    {
        this.student = student;
        _parts = PartsOf(student);
        long[][] shapes = ShapesOf(_parts, student);
        Dictionary<int, MapEnd> ends = FindEnds(shapes);
        _ends = [.. maps.Select(map => ends[map.Side])];
        _sides = [.. maps.Select(map => map.Side)];
        adapters = [.. maps.Select(map => Conv2d(ends[map.Side].Channels, map.Channels, kernel_size: 1))];
        if (embeddingWidth > 0)
            embedding = Linear(FindLastWidth(shapes)!.Value, embeddingWidth);
        RegisterComponents();
    }

    /// <summary>Where a map is the student's last of its side: behind which of its parts, and with how many channels.</summary>
    private readonly record struct MapEnd(int Part, long Channels, long Side);

    /// <summary>The sides of the maps that a student can be given hints for; none for one that is no <c>Sequential</c>.</summary>
    public static IReadOnlyCollection<int> FindSides(Student student) => [.. FindEnds(ShapesOf(student)).Keys];

    /// <exception cref="NotSupportedException">The student cannot name features beside its classes.</exception>
    public static void ThrowIfWithoutLastLayer(Student student)
    {
        if (FindLastWidth(ShapesOf(student)) is null)
            throw new NotSupportedException($"The student '{student.Name}' cannot learn features beside its classes: that takes a Sequential whose last part is given [N, D]. "
                + $"Leave {nameof(KnowledgeDistillationOptions.FeatureTeacher)} out, or let it learn the features first, with PretrainStudent.");
    }

    /// <summary>Warns of a student whose layers say the features of another backbone, so that new ones stand in their place.</summary>
    /// <param name="student">The student.</param>
    /// <param name="teacher">Whose features it will learn.</param>
    /// <param name="backbone">The teacher's.</param>
    /// <param name="log">Where it is said.</param>
    public static void WarnOfAnotherBackbone(Student student, Teacher teacher, CachedBackbone backbone, IChannel log)
    {
        if (student.Features is { } learned && learned.BackboneId != FeatureRegressors.GetBackboneId(backbone.Network))
            log.Warning(MessageSensitivity.None, "The student '{0}' has learned to say the features of another backbone than the teacher's, '{1}': the layers that say them begin anew. "
                + "To go on with them, pretrain the student with this teacher.", student.Name, teacher.Name);
    }

    /// <summary>Creates a student with random adapters; without maps the student alone.</summary>
    /// <param name="student">The student.</param>
    /// <param name="outputs">D.</param>
    /// <param name="maps">The backbone's maps, of sides that <see cref="FindSides"/> named.</param>
    /// <param name="backbone">What decides the backbone's embeddings: layers that the student has learned for them already are gone on with.</param>
    public static OwnedNetwork Create(Student student, int outputs, IReadOnlyList<BackboneMap> maps, string? backbone = null) =>
        CopyLearned(student.Create(outputs, network => maps.Count == 0 ? network : new HintedNetwork(network, maps)), student.Features, backbone);

    /// <summary>Creates a student of so many classes that names a backbone's features while it is trained.</summary>
    /// <param name="student">One that <see cref="ThrowIfWithoutLastLayer"/> lets pass.</param>
    /// <param name="classes">C.</param>
    /// <param name="embeddingWidth">D.</param>
    /// <param name="maps">The backbone's maps, of sides that <see cref="FindSides"/> named.</param>
    /// <param name="backbone">What decides the backbone's embeddings: layers that the student has learned for them already are gone on with.</param>
    public static OwnedNetwork CreateForClasses(Student student, int classes, int embeddingWidth, IReadOnlyList<BackboneMap> maps, string? backbone = null) =>
        CopyLearned(student.Create(classes, network => new HintedNetwork(network, maps, embeddingWidth)), student.Features, backbone);

    /// <summary>The student in what was created.</summary>
    public static Module<Tensor, Tensor> StudentOf(OwnedNetwork network) => network.Module is HintedNetwork hinted ? hinted.student : network.Module;

    /// <summary>The layers of a network of <see cref="Create"/> that say the backbone's features.</summary>
    public static FeatureRegressors LayersOf(OwnedNetwork network, string backbone) =>
        new(FeatureRegressors.GetBackboneId(backbone), TensorsOf(network.Module).ToDictionary(entry => entry.Name, entry => StoredTensor.Of(entry.Tensor), StringComparer.Ordinal));

    // A layer of another shape, of a student without classes or with them, stays as it is.
    private static OwnedNetwork CopyLearned(OwnedNetwork network, FeatureRegressors? learned, string? backbone)
    {
        if (learned is null || backbone is null || learned.BackboneId != FeatureRegressors.GetBackboneId(backbone))
            return network;
        foreach (var (name, tensor) in TensorsOf(network.Module))
            if (learned.Tensors.TryGetValue(name, out StoredTensor? stored) && stored.Shape.AsSpan().SequenceEqual(tensor.shape))
                stored.CopyInto(tensor);
        return network;
    }

    private static IEnumerable<(string Name, Tensor Tensor)> TensorsOf(Module<Tensor, Tensor> network)
    {
        var hinted = network as HintedNetwork;
        Linear? embedding = hinted?.embedding ?? (hinted?._parts ?? PartsOf(network)).LastOrDefault() as Linear;
        (string Name, Module Layer)[] layers = [.. embedding is null ? [] : new (string, Module)[] { ("embedding", embedding) },
            .. hinted is null ? [] : hinted.adapters.Select((adapter, map) => ($"map{hinted._sides[map]}", (Module)adapter))];
        return layers.SelectMany(layer => layer.Layer.state_dict().Select(entry => ($"{layer.Name}.{entry.Key}", entry.Value)));
    }

    public override Tensor forward(Tensor input)
    {
        if (embedding is not null && !training)
            return student.call(input);
        using var scope = NewDisposeScope();
        var hints = new Tensor[_ends.Length];
        Tensor x = input;
        Tensor[] named = [];
        for (int part = 0; part < _parts.Length; part++)
        {
            if (embedding is not null && part == _parts.Length - 1)
                named = [embedding.call(x)];
            x = _parts[part].call(x);
            for (int map = 0; map < _ends.Length; map++)
                if (_ends[map].Part == part)
                    hints[map] = adapters[map].call(_ends[map].Side == _sides[map] ? x : functional.adaptive_avg_pool2d(x, _sides[map])).flatten(1);
        }
        return cat([x, .. named, .. hints], 1).MoveToOuterDisposeScope();
    }

    /// <summary>What is called one after the other; empty where that is not known.</summary>
    public static Module<Tensor, Tensor>[] PartsOf(Module<Tensor, Tensor> network) =>
        network is Sequential && network.GetType() == typeof(Sequential) && network.children().All(part => part is Module<Tensor, Tensor>)
            ? [.. network.children().Cast<Module<Tensor, Tensor>>()] : [];

    private static long[][] ShapesOf(Student student) => student.Inspect(network => ShapesOf(PartsOf(network), network));

    // What each part makes of an image.
    private static long[][] ShapesOf(Module<Tensor, Tensor>[] parts, Module<Tensor, Tensor> network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        bool training = network.training;
        // Statistics of batch normalization must not learn from a blank image.
        network.eval();
        Tensor x = zeros(1, PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width);
        long[][] shapes = [.. parts.Select(part => (x = part.call(x)).shape)];
        network.train(training);
        return shapes;
    }

    private static Dictionary<int, MapEnd> FindEnds(long[][] shapes)
    {
        MapEnd[] maps = [.. shapes.Select((shape, part) => (shape, part)).Where(end => end.shape is [_, _, var height, var width] && height == width)
            .Select(end => new MapEnd(end.part, end.shape[1], end.shape[2]))];
        // The smallest map that is not too small, and the last of its size.
        Dictionary<int, MapEnd> ends = [];
        foreach (int side in Sides)
            if (maps.Where(map => map.Side >= side).OrderBy(map => map.Side).ThenByDescending(map => map.Part).Take(1).ToArray() is [var end])
                ends[side] = end;
        return ends;
    }

    // How many numbers the last part is given; null where that is no vector.
    private static long? FindLastWidth(long[][] shapes) => shapes is [.., [_, var width], _] ? width : null;
}
