using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace VisualSentiment.Tests.Support;

/// <summary>Networks that train in a moment.</summary>
internal static class SmallNetworks
{
    /// <summary>Without batch normalization, as the paper's student.</summary>
    public static Module<Tensor, Tensor> Plain(int classes) => LiveTensors.CountOnce(Sequential(
        ("conv", Conv2d(3, 8, kernel_size: 7, stride: 8)), ("relu", ReLU()), ("pool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()),
        ("fc", Linear(8, classes))));

    /// <summary>With batch normalization and dropout.</summary>
    public static Module<Tensor, Tensor> Normalized(int classes) => LiveTensors.CountOnce(Sequential(
        ("conv", Conv2d(3, 8, kernel_size: 7, stride: 8, bias: false)), ("bn", BatchNorm2d(8)), ("relu", ReLU()),
        ("pool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("dropout", Dropout(0.1)), ("fc", Linear(8, classes))));

    /// <summary>One with a map of 14 x 14.</summary>
    public static Student Patches { get; } = Students.Custom("patches", classes => LiveTensors.CountOnce(Sequential(
        ("patch", Conv2d(3, 16, kernel_size: 16, stride: 16)), ("norm", BatchNorm2d(16)), ("relu", ReLU()), ("pool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()),
        ("fc", Linear(16, classes)))));

    public static Student Student { get; } = Students.Custom("plain", Plain);

    public static TrainableTeacher Teacher(int epochs = 3) =>
        Teachers.Network("normalized", Normalized, new TeacherTrainingOptions { Epochs = epochs, BatchSize = 8, LearningRate = 0.02 });
}
