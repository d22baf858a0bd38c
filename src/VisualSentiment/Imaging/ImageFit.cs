namespace VisualSentiment;

/// <summary>How an image that is not square becomes the 224 x 224 square that networks see.</summary>
public enum ImageFit
{
    /// <summary>The whole image, stretched to the square (the paper's way).</summary>
    Fill,

    /// <summary>The largest centerd square of the image.</summary>
    CenterCrop,
}
