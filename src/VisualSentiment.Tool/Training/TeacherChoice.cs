namespace VisualSentiment.Tool.Training;

/// <summary>The teachers on a command line.</summary>
internal static class TeacherChoice
{
    public const string Default = "resnet18", Help = $"{Default}, or onnx:FILE;NORMALIZATION with imagenet (default), "
        + "minus-one-to-one or zero-to-one as the normalization of pixels";

    private const string OnnxPrefix = "onnx:";

    private static readonly Dictionary<string, PixelNormalization> Normalizations = new()
    {
        ["imagenet"] = PixelNormalization.ImageNet,
        ["minus-one-to-one"] = PixelNormalization.MinusOneToOne,
        ["zero-to-one"] = PixelNormalization.ZeroToOne,
    };

    /// <summary>Returns the teacher; null if the text is invalid.</summary>
    public static TrainableTeacher? Parse(string text)
    {
        if (text == Default)
            return Teachers.ResNet18();
        if (!text.StartsWith(OnnxPrefix, StringComparison.Ordinal))
            return null;
        string file = text[OnnxPrefix.Length..], name = "imagenet";
        if (file.LastIndexOf(';') is >= 0 and int end)
            (file, name) = (file[..end], file[(end + 1)..]);
        return file.Length > 0 && Normalizations.TryGetValue(name, out PixelNormalization? normalization)
            ? Teachers.Onnx(file, normalization) : null;
    }
}
