namespace VisualSentiment;

/// <summary>How an image is fitted to the 224 x 224 square that networks take.</summary>
public enum ImageFit
{
    /// <summary>The whole image is stretched to the square, as in the paper.</summary>
    Fill,

    /// <summary>The largest centered square of the image is used.</summary>
    CenterCrop,
}
