using Distill;
using VisualSentiment;

namespace PaperTables;

/// <summary>The teachers that can be named on the command line, besides ResNet-50.</summary>
internal static class TeacherSource
{
    public const string ConvNet = "convnet";
    public const string Help = $"{RowKeys.ResNet50} (the paper's), onnx:FILE (an image network whose embeddings feed a new head; teaches where ResNet-50 has no pretrained weights or is too heavy), or {ConvNet} (the sample Distill's own, likewise)";
    private const string Onnx = "onnx:";

    // Random weights need larger steps than the paper's fine-tuning.
    private const double FromScratchRate = 5e-4;

    public static string? FindError(string? teacher) =>
        teacher is null or RowKeys.ResNet50 or ConvNet || FindOnnxFile(teacher) is { Length: > 0 } ? null : $"'{teacher}' is not a teacher. Choose {Help}.";

    /// <summary>The file of an ONNX backbone; null for another teacher.</summary>
    public static string? FindOnnxFile(string teacher) => teacher.StartsWith(Onnx, StringComparison.Ordinal) ? teacher[Onnx.Length..] : null;

    public static TrainableTeacher Create(string teacher, PaperSettings settings) => FindOnnxFile(teacher) is { } file ? Teachers.Onnx(file, PixelNormalization.MinusOneToOne)
        : Teachers.Network("ConvNet", ConvNetTeacher.Create, new TeacherTrainingOptions
        {
            Epochs = settings.TeacherEpochs,
            BatchSize = settings.BatchSize,
            LearningRate = FromScratchRate,
        });
}
