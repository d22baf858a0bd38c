using VisualSentiment.Imaging;
using VisualSentiment.LibTorch;
using VisualSentiment.LibTorch.Workarounds;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace PaperTables;

/// <summary>Tables 1 and 2: what each stage puts out for one image.</summary>
internal static class StageSizes
{
    public static IReadOnlyList<StageSize> OfTeacher() => Measure(() => new ResNet50(PaperNetwork.Classes), (network, sizes) =>
    {
        Tensor x = OneImage();
        foreach (var (name, stage) in ((ResNet50)network).Stages)
            sizes[name] = Describe(x = stage.call(x));
        return [.. PaperFigures.Table1.Select(stage => new StageSize(stage.Name, stage.Layers, stage.OutputSize, sizes[stage.Name]))];
    });

    public static IReadOnlyList<StageSize> OfStudent() => Measure(() => PaperStudent.Create(PaperNetwork.Classes), (network, sizes) =>
    {
        foreach (var (name, layer) in network.named_children())
            ((nn.Module<Tensor, Tensor>)layer).register_forward_hook((_, _, output) =>
            {
                sizes[name] = Describe(output);
                return output;
            });
        network.call(OneImage());
        return [.. PaperFigures.Table2.Select(layer => new StageSize(layer.Name, layer.Layer, layer.OutputSize, sizes[layer.Name]))];
    });

    private static IReadOnlyList<StageSize> Measure(Func<nn.Module<Tensor, Tensor>> create, Func<nn.Module<Tensor, Tensor>, Dictionary<string, string>, IReadOnlyList<StageSize>> look)
    {
        using var seeded = SeededTorch.Begin(1);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var owned = OwnedNetwork.Create(create);
        ChannelsLast.Apply(owned.Module);
        owned.Module.eval();
        return look(owned.Module, []);
    }

    private static Tensor OneImage() => zeros(1, PixelFormat.Height, PixelFormat.Width, PixelFormat.Channels).permute(0, 3, 1, 2);

    private static string Describe(Tensor output) => output.shape switch
    {
        [_, var channels, 1, 1] => $"{channels}-d",
        [_, _, var height, var width] => $"{height} x {width}",
        [_, var numbers] => $"{numbers}-d",
        var shape => string.Join(" x ", shape),
    };
}
