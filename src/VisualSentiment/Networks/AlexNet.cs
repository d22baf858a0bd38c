using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Networks;

/// <summary>
/// The paper's AlexNet baseline: the convolutions of AlexNet (Krizhevsky et al. 2012) with batch normalization and one
/// dense layer of 2000 units before the head; 540,305,240 parameters for eight classes by the paper's count.
/// Input [N, 3, 224, 224], output logits [N, C].
/// </summary>
internal static class AlexNet
{
    public static Module<Tensor, Tensor> Create(int classes) => Sequential(
        ("conv1", Conv2d(3, 96, kernel_size: 11, padding: 5)),
        ("bn1", BatchNorm2d(96)),
        ("relu1", ReLU(inplace: true)),
        ("pool1", MaxPool2d(kernel_size: 2, stride: 2)),          // 112 x 112
        ("conv2", Conv2d(96, 256, kernel_size: 5, padding: 2)),
        ("bn2", BatchNorm2d(256)),
        ("relu2", ReLU(inplace: true)),
        ("pool2", MaxPool2d(kernel_size: 2, stride: 2)),          // 56 x 56
        // The paper pads by one and then uses a "same" convolution: together, a padding of two.
        ("conv3", Conv2d(256, 512, kernel_size: 3, padding: 2)),  // 58 x 58
        ("bn3", BatchNorm2d(512)),
        ("relu3", ReLU(inplace: true)),
        ("pool3", MaxPool2d(kernel_size: 2, stride: 2)),          // 29 x 29
        ("conv4", Conv2d(512, 1024, kernel_size: 3, padding: 2)), // 31 x 31
        ("bn4", BatchNorm2d(1024)),
        ("relu4", ReLU(inplace: true)),
        ("conv5", Conv2d(1024, 1024, kernel_size: 3, padding: 2)), // 33 x 33
        ("bn5", BatchNorm2d(1024)),
        ("relu5", ReLU(inplace: true)),
        ("pool5", MaxPool2d(kernel_size: 2, stride: 2)),          // 16 x 16
        ("flatten", Flatten()),                                   // 262,144
        ("fc1", Linear(16 * 16 * 1024, 2000)),
        ("fc2", Linear(2000, classes)));
}
