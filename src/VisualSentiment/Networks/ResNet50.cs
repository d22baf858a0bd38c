using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Networks;

/// <summary>
/// ResNet-50 (He et al. 2016) in torchvision's layout and tensor names, with dropout and a dense head after the
/// 2048-wide pooled layer: the paper's teacher (Table 1). Input [N, 3, 224, 224], output logits [N, C].
/// </summary>
internal sealed class ResNet50 : Module<Tensor, Tensor>
{
    /// <summary>Prefixes of tensor names.</summary>
    public const string Head = "fc", Regions = "regions";

    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly MaxPool2d maxpool;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Sequential layer4;
    private readonly AdaptiveAvgPool2d avgpool;
    private readonly Dropout dropout;
    private readonly Linear fc;
    private readonly RegionPooling? regions;

    public ResNet50(int classes, double dropoutProbability = 0.5, bool regionAttention = false) : base(nameof(ResNet50))
    {
        conv1 = Conv2d(3, 64, kernel_size: 7, stride: 2, padding: 3, bias: false);
        bn1 = BatchNorm2d(64);
        maxpool = MaxPool2d(kernel_size: 3, stride: 2, padding: 1);
        layer1 = Stage(blocks: 3, inputs: 64, width: 64, stride: 1);
        layer2 = Stage(blocks: 4, inputs: 256, width: 128, stride: 2);
        layer3 = Stage(blocks: 6, inputs: 512, width: 256, stride: 2);
        layer4 = Stage(blocks: 3, inputs: 1024, width: 512, stride: 2);
        avgpool = AdaptiveAvgPool2d(1);
        dropout = Dropout(dropoutProbability);
        fc = Linear(2048, classes);
        regions = regionAttention ? new RegionPooling(2048) : null;
        RegisterComponents();
    }

    /// <summary>The stages in the order of Table 1.</summary>
    internal IReadOnlyList<(string Name, Module<Tensor, Tensor> Stage)> Stages =>
        [("conv1", Sequential(conv1, bn1, ReLU())), ("conv2_x", Sequential(maxpool, layer1)), ("conv3_x", layer2),
         ("conv4_x", layer3), ("conv5_x", layer4), ("fc", Sequential(avgpool, Flatten(), fc))];

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor x = maxpool.call(bn1.call(conv1.call(input)).relu_());
        x = layer4.call(layer3.call(layer2.call(layer1.call(x))));
        x = fc.call(dropout.call(regions is null ? avgpool.call(x).flatten(1) : regions.call(x)));
        return x.MoveToOuterDisposeScope();
    }

    private static Sequential Stage(int blocks, int inputs, int width, int stride)
    {
        var first = new Bottleneck(inputs, width, stride);
        return Sequential([first, .. Enumerable.Range(1, blocks - 1)
            .Select(_ => new Bottleneck(width * Bottleneck.Expansion, width, stride: 1))]);
    }
}

/// <summary>
/// Pools a feature map [N, D, H, W] to [N, D]: the average of the mean over positions and of the mean weighted by
/// an attention map that all classes share, softmax(a . x_p). Training starts at a = 0: global average pooling.
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
