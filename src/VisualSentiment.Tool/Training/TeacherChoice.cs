namespace VisualSentiment.Tool.Training;

/// <summary>The teachers on a command line.</summary>
internal static class TeacherChoice
{
    public const string Default = "resnet18", Help = $"{Default}, or onnx:FILE:NORMALIZATION, where NORMALIZATION is "
        + "imagenet, minus-one-to-one or zero-to-one";

    private const string OnnxPrefix = "onnx:";

    private static readonly Dictionary<string, PixelNormalization> Normalizations = new()
    {
        ["imagenet"] = PixelNormalization.ImageNet,
        ["minus-one-to-one"] = PixelNormalization.MinusOneToOne,
        ["zero-to-one"] = PixelNormalization.ZeroToOne,
    };

    /// <summary>Returns one teacher with all named backbones; null if a name is invalid.</summary>
    public static TrainableTeacher? Parse(IReadOnlyList<string> names)
    {
        TrainableTeacher?[] backbones = [.. names.Select(Parse)];
        return backbones.Contains(null) ? null
            : backbones is [var only] ? only : Teachers.Concatenate(backbones.OfType<TrainableTeacher>());
    }

    private static TrainableTeacher? Parse(string text)
    {
        if (text == Default)
            return Teachers.ResNet18();
        // Paths on Windows contain a colon, too.
        int end = text.LastIndexOf(':');
        return text.StartsWith(OnnxPrefix, StringComparison.Ordinal) && end > OnnxPrefix.Length
            && Normalizations.TryGetValue(text[(end + 1)..], out PixelNormalization? normalization)
            ? Teachers.Onnx(text[OnnxPrefix.Length..end], normalization) : null;
    }
}
