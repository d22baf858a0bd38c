using VisualSentiment;

namespace Distill;

/// <summary>The teachers that can be named on the command line.</summary>
internal static class TeacherChoice
{
    public const string ConvNet = "convnet";
    public const string ResNet50 = "resnet50";
    public const string Vgg16 = "vgg16";
    public const string AlexNet = "alexnet";
    public const string Help = $"{ConvNet} (a small network with ten times the student's parameters), {ResNet50}, {Vgg16}, {AlexNet}, or onnx:FILE (an image network whose embeddings feed a new head)";
    private const string Onnx = "onnx:";

    // The paper's rate is for fine-tuning; random weights need larger steps.
    private const double FineTuningRate = 1e-5, FromScratchRate = 5e-4;

    public static string? FindError(string? teacher) => teacher switch
    {
        ConvNet or ResNet50 or Vgg16 or AlexNet => null,
        not null when teacher.StartsWith(Onnx, StringComparison.Ordinal) && teacher.Length > Onnx.Length => null,
        _ => $"'{teacher}' is not a teacher. Choose {Help}.",
    };

    /// <summary>The ONNX file of the teacher; null for other teachers.</summary>
    public static string? FileOf(string teacher) => teacher.StartsWith(Onnx, StringComparison.Ordinal) ? teacher[Onnx.Length..] : null;

    public static TrainableTeacher Create(DistillSettings settings)
    {
        var training = new TeacherTrainingOptions
        {
            Epochs = settings.TeacherEpochs,
            BatchSize = settings.BatchSize,
            LearningRate = settings.Weights is null ? FromScratchRate : FineTuningRate,
        };
        TrainableTeacher teacher = settings.Teacher switch
        {
            ConvNet => Teachers.Network("ConvNet", ConvNetTeacher.Create, training),
            ResNet50 => Teachers.ResNet50(settings.Weights is "imagenet" ? PretrainedWeights.ImageNet : settings.Weights, training),
            Vgg16 => Teachers.Vgg16(settings.Weights, training),
            AlexNet => Teachers.AlexNet(training),
            var onnx => Teachers.Onnx(onnx[Onnx.Length..], PixelNormalization.MinusOneToOne, new OnnxBackboneOptions { WeightDecay = settings.TeacherWeightDecay }),
        };
        return settings.TeacherFolds == 0 ? teacher : Teachers.OutOfFold(teacher, settings.TeacherFolds);
    }
}
