namespace VisualSentiment.Prediction.Persistence;

/// <summary>
/// The names by which saved models refer to custom mappings. They are frozen: a saved model must load with every later
/// release of the same major version.
/// </summary>
internal static class ContractNames
{
    public const string PathFill = "VisualSentiment.Pixels.Path.Fill";
    public const string PathCenterCrop = "VisualSentiment.Pixels.Path.CenterCrop";
    public const string EncodedFill = "VisualSentiment.Pixels.Encoded.Fill";
    public const string EncodedCenterCrop = "VisualSentiment.Pixels.Encoded.CenterCrop";
    public const string ImageFill = "VisualSentiment.Pixels.Image.Fill";
    public const string ImageCenterCrop = "VisualSentiment.Pixels.Image.CenterCrop";
    public const string SizedImageFill = "VisualSentiment.Pixels.SizedImage.Fill";
    public const string SizedImageCenterCrop = "VisualSentiment.Pixels.SizedImage.CenterCrop";
    public const string Zero = "VisualSentiment.Zero";
    public const string Winner = "VisualSentiment.Winner";
}
