using VisualSentiment.Data.Columns;
using VisualSentiment.Distillation.Losses;

namespace VisualSentiment.Onnx;

/// <summary>The names and versions that the models of this library have in common.</summary>
internal static class ModelNames
{
    /// <summary>The input: uint8 [N, 224, 224, 3].</summary>
    public const string Pixels = "pixels";

    /// <summary>The output of probabilities: float [N, C].</summary>
    public const string Score = ScoreColumns.Score;

    /// <summary>The output of logits: float [N, C].</summary>
    public const string Logits = "logits";

    /// <summary>The output of evidence maps, of models that have one: float [N, C, H, W].</summary>
    public const string Evidence = "evidence";

    /// <summary>Begins the key of every metadata entry.</summary>
    public const string MetadataPrefix = "visualsentiment.";

    public const int OperatorSetVersion = 18;
}
