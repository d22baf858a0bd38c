namespace VisualSentiment;

/// <summary>Specifies how an image is fitted to the 224 x 224 pixels of a network's input.</summary>
public enum ImageFit
{
    /// <summary>The whole image is stretched to the square, as in the paper.</summary>
    Fill,

    /// <summary>The image is cropped to its largest centered square.</summary>
    CenterCrop,
}
