namespace VisualSentiment.Prediction.Persistence;

/// <summary>What an image column holds.</summary>
internal enum ImageColumnKind
{
    /// <summary>A path (text).</summary>
    Path,

    /// <summary>An encoded image (a vector of bytes).</summary>
    Encoded,

    /// <summary>A decoded image, of any size or of one that the column's type names.</summary>
    Image,
}
