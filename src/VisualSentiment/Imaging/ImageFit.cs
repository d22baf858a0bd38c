namespace VisualSentiment;

/// <summary>How a picture that is not square becomes the 224 x 224 square that networks see.</summary>
public enum ImageFit
{
    /// <summary>The whole picture, stretched to the square (the paper's way).</summary>
    Fill,

    /// <summary>The largest centred square of the picture.</summary>
    CenterCrop,
}
