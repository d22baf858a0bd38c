using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Networks;

/// <summary>
/// The paper's student (Table 2): two convolutions, global average pooling and two dense layers, 145,800 parameters for
/// eight classes. Input [N, 3, 224, 224], output logits [N, C].
/// </summary>
internal static class PaperStudent
{
    // Pooling before ReLU is the same function with the same gradient, and ReLU processes a sixteenth of the elements.
    public static Module<Tensor, Tensor> Create(int classes) => Sequential(
        ("conv1", Conv2d(3, 64, kernel_size: 3)),                 // 222 x 222
        ("pool1", MaxPool2d(kernel_size: 4, stride: 4)),          // 55 x 55
        ("relu1", ReLU()),
        ("conv2", Conv2d(64, 128, kernel_size: 3)),               // 53 x 53
        ("relu2", ReLU()),
        ("pool2", AdaptiveAvgPool2d(1)),                          // 1 x 1
        ("flatten", Flatten()),                                   // 128
        ("fc1", Linear(128, 512)),
        ("relu3", ReLU()),
        ("fc2", Linear(512, classes)));
}
