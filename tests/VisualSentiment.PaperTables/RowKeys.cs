using System.Globalization;

namespace PaperTables;

/// <summary>The names of rows in files.</summary>
internal static class RowKeys
{
    public const string ResNet50 = "resnet50";
    public const string Vgg16 = "vgg16";
    public const string AlexNet = "alexnet";
    public const string Teacher = "teacher";
    public const string HardLabels = "student-hard-labels";

    public static string Distilled(double temperature) => string.Create(CultureInfo.InvariantCulture, $"student-T{temperature}");
}
