using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Networks;

/// <summary>
/// Pools a feature map by a sentiment map that all classes share: the mean over positions and the mean weighed by
/// softmax(a . x_p), added and halved. With a = 0, where training begins, this is global average pooling.
/// [N, D, H, W] -> [N, D].
/// </summary>
internal sealed class RegionPooling : Module<Tensor, Tensor>
{
    private readonly Parameter attention;

    public RegionPooling(int channels) : base(nameof(RegionPooling))
    {
        attention = Parameter(zeros(channels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor maps = input.flatten(2).transpose(1, 2);
        Tensor shares = maps.matmul(attention).softmax(1).unsqueeze(1);
        return ((maps.mean([1]) + shares.matmul(maps).squeeze(1)) / 2).MoveToOuterDisposeScope();
    }
}
