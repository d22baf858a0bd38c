namespace VisualSentiment.Scoring.Saving;

/// <summary>
/// What saved models say instead of code. They are frozen: a model that was saved once must load with every later version
/// of the same major version.
/// </summary>
internal static class ContractNames
{
    public const string PathFill = "VisualSentiment.Pixels.Path.Fill";
    public const string PathCenterCrop = "VisualSentiment.Pixels.Path.CenterCrop";
    public const string EncodedFill = "VisualSentiment.Pixels.Encoded.Fill";
    public const string EncodedCenterCrop = "VisualSentiment.Pixels.Encoded.CenterCrop";
    public const string ImageFill = "VisualSentiment.Pixels.Image.Fill";
    public const string ImageCenterCrop = "VisualSentiment.Pixels.Image.CenterCrop";
    public const string Winner = "VisualSentiment.Winner";

    /// <summary>Columns of the saved chain; they are dropped at its end.</summary>
    public const string PictureColumn = "VisualSentiment.Picture";
    public const string PixelsColumn = "VisualSentiment.Pixels";
    public const string WinnerColumn = "VisualSentiment.Winner";
}
