using TorchSharp.Modules;
using VisualSentiment.Imaging;
using VisualSentiment.Networks;
using VisualSentiment.Onnx;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Distillation.Pretraining;

/// <summary>
/// A student that also says what a backbone's feature maps are, each from its own map of the same size, or a larger one averaged to
/// it, by a 1 x 1 convolution (Romero et al. 2015, FitNets): [N, 3, 224, 224] -> [N, D + C1 S1 S1 + ...], the student's own output first.
/// </summary>
internal sealed class HintedNetwork : Module<Tensor, Tensor>
{
    // Larger maps say little more and are several times as many numbers.
    private static readonly int[] Sides = [7, 14];

    private readonly Module<Tensor, Tensor> student;
    private readonly ModuleList<Conv2d> adapters;
    private readonly Module<Tensor, Tensor>[] _parts;
    private readonly MapEnd[] _ends;
    private readonly int[] _sides;

    private HintedNetwork(Module<Tensor, Tensor> student, IReadOnlyList<BackboneMap> maps, IReadOnlyDictionary<int, MapEnd> ends) : base(nameof(HintedNetwork))
    {
        this.student = student;
        _parts = PartsOf(student);
        _ends = [.. maps.Select(map => ends[map.Side])];
        _sides = [.. maps.Select(map => map.Side)];
        adapters = [.. maps.Select(map => Conv2d(ends[map.Side].Channels, map.Channels, kernel_size: 1))];
        RegisterComponents();
    }

    /// <summary>Where a map is the student's last of its side: behind which of its parts, and with how many channels.</summary>
    private readonly record struct MapEnd(int Part, long Channels, long Side);

    /// <summary>The sides of the maps that a student can be given hints for; none for one that is no <c>Sequential</c>.</summary>
    public static IReadOnlyCollection<int> FindSides(Student student)
    {
        using Tensor before = get_rng_state();
        using OwnedNetwork network = student.Create(classes: 2);
        set_rng_state(before);
        return [.. FindEnds(network.Module).Keys];
    }

    /// <summary>Creates a student with random adapters; without maps the student alone.</summary>
    /// <param name="student">The student.</param>
    /// <param name="outputs">D.</param>
    /// <param name="maps">The backbone's maps, of sides that <see cref="FindSides"/> named.</param>
    public static OwnedNetwork Create(Student student, int outputs, IReadOnlyList<BackboneMap> maps) =>
        student.Create(outputs, network => maps.Count == 0 ? network : new HintedNetwork(network, maps, FindEnds(network)));

    /// <summary>The student in what <see cref="Create"/> created.</summary>
    public static Module<Tensor, Tensor> StudentOf(OwnedNetwork network) => network.Module is HintedNetwork hinted ? hinted.student : network.Module;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hints = new Tensor[_ends.Length];
        Tensor x = input;
        for (int part = 0; part < _parts.Length; part++)
        {
            x = _parts[part].call(x);
            for (int map = 0; map < _ends.Length; map++)
                if (_ends[map].Part == part)
                    hints[map] = adapters[map].call(_ends[map].Side == _sides[map] ? x : functional.adaptive_avg_pool2d(x, _sides[map])).flatten(1);
        }
        return cat([x, .. hints], 1).MoveToOuterDisposeScope();
    }

    private static Module<Tensor, Tensor>[] PartsOf(Module<Tensor, Tensor> network) =>
        network is Sequential && network.GetType() == typeof(Sequential) && network.children().All(part => part is Module<Tensor, Tensor>)
            ? [.. network.children().Cast<Module<Tensor, Tensor>>()] : [];

    private static Dictionary<int, MapEnd> FindEnds(Module<Tensor, Tensor> network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        bool training = network.training;
        // Statistics of batch normalisation must not learn from a blank picture.
        network.eval();
        List<MapEnd> maps = [];
        Module<Tensor, Tensor>[] parts = PartsOf(network);
        Tensor x = zeros(1, PixelFormat.Channels, PixelFormat.Height, PixelFormat.Width);
        for (int part = 0; part < parts.Length; part++)
        {
            x = parts[part].call(x);
            if (x.shape is [_, var channels, var height, var width] && height == width)
                maps.Add(new MapEnd(part, channels, height));
        }
        // The smallest map that is not too small, and the last of its size.
        Dictionary<int, MapEnd> ends = [];
        foreach (int side in Sides)
            if (maps.Where(map => map.Side >= side).OrderBy(map => map.Side).ThenByDescending(map => map.Part).Take(1).ToArray() is [var end])
                ends[side] = end;
        network.train(training);
        return ends;
    }
}
