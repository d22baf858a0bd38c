using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace PaperTables;

/// <summary>
/// A teacher that learns within a minute on a CPU without pretrained weights: five strided convolutions, each twice as wide
/// as the one before; 1.6 million parameters.
/// </summary>
internal static class ConvNetTeacher
{
    public static Module<Tensor, Tensor> Create(int classes)
    {
        int[] widths = [3, 32, 64, 128, 256, 512];
        var stages = widths.Zip(widths.Skip(1), (inputs, outputs) => Sequential(
            Conv2d(inputs, outputs, kernel_size: 3, stride: 2, padding: 1, bias: false), BatchNorm2d(outputs), ReLU()));
        return Sequential([.. stages, AdaptiveAvgPool2d(1), Flatten(), Dropout(0.2), Linear(widths[^1], classes)]);
    }
}
