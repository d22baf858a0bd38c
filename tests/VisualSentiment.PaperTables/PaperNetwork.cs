using Distill;
using VisualSentiment.Networks;
using static TorchSharp.torch;

namespace PaperTables;

/// <summary>A network whose layers the library knows.</summary>
/// <param name="Key">Its name in files.</param>
/// <param name="Name">Its name in tables.</param>
/// <param name="Create">Creates it for a number of classes.</param>
/// <param name="Gigabytes">About how much memory training it takes.</param>
internal sealed record PaperNetwork(string Key, string Name, Func<int, nn.Module<Tensor, Tensor>> Create, double Gigabytes)
{
    /// <summary>The paper's number of classes.</summary>
    public const int Classes = 8;

    public static PaperNetwork Student { get; } = new("student", "student (Table 2)", PaperStudent.Create, 1);

    public static PaperNetwork ResNet50 { get; } = new(RowKeys.ResNet50, "teacher, ResNet-50", classes => new ResNet50(classes), 2);

    public static PaperNetwork Vgg16 { get; } = new(RowKeys.Vgg16, "VGGNet", classes => new Vgg16(classes), 4);

    public static PaperNetwork AlexNet { get; } = new(RowKeys.AlexNet, "AlexNet", VisualSentiment.Networks.AlexNet.Create, 10);

    public static PaperNetwork ConvNet { get; } = new(RowKeys.Teacher, "ConvNet", ConvNetTeacher.Create, 1);
}
