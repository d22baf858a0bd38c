using VisualSentiment.Data.Columns;

namespace VisualSentiment.Onnx;

/// <summary>The names and versions used in all models of this library.</summary>
internal static class ModelNames
{
    /// <summary>The input: uint8 [N, 224, 224, 3].</summary>
    public const string Pixels = "pixels";

    /// <summary>The output of probabilities: float [N, C].</summary>
    public const string Score = ScoreColumns.Score;

    /// <summary>The output of logits: float [N, C].</summary>
    public const string Logits = "logits";

    /// <summary>The optional output of evidence maps: float [N, C, H, W].</summary>
    public const string Evidence = "evidence";

    /// <summary>The prefix of all metadata keys.</summary>
    public const string MetadataPrefix = "visualsentiment.";

    public const int OperatorSetVersion = 18;
}
