using VisualSentiment.Prediction.Persistence;

namespace VisualSentiment.Onnx.Files;

/// <summary>The columns that the saved chain works with and drops at its end. Frozen, as <see cref="ContractNames"/> are.</summary>
internal static class ChainColumns
{
    public const string Image = "VisualSentiment.Image";
    public const string Zero = "VisualSentiment.Zero";
    public const string Height = "VisualSentiment.Height";
    public const string Width = "VisualSentiment.Width";
    public const string Pixels = "VisualSentiment.Pixels";
    public const string PredictedLabel = "VisualSentiment.PredictedLabel";
    public const string Score = "VisualSentiment.Score";
    public const string Winner = "VisualSentiment.Winner";
}
