using VisualSentiment;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OwnStudent;

/// <summary>A custom student: three strided convolutions with squeeze and excitation between them.</summary>
internal static class SqueezeExciteStudent
{
    public static Student Recipe { get; } = Students.Custom("squeeze-excite", Create);

    // [N, 3, 224, 224] to logits [N, classes].
    private static Module<Tensor, Tensor> Create(int classes) => Sequential(
        ("conv1", Conv2d(3, 16, kernel_size: 5, stride: 4, padding: 2)), // 56 x 56
        ("relu1", ReLU()),
        ("excite1", new SqueezeExcite(16)),
        ("conv2", Conv2d(16, 32, kernel_size: 3, stride: 2, padding: 1)), // 28 x 28
        ("relu2", ReLU()),
        ("excite2", new SqueezeExcite(32)),
        ("conv3", Conv2d(32, 64, kernel_size: 3, stride: 2, padding: 1)), // 14 x 14
        ("relu3", ReLU()),
        ("pool", AdaptiveAvgPool2d(1)),
        ("flatten", Flatten()),
        ("fc", Linear(64, classes)));
}
