namespace VisualSentiment.Scoring.Saving;

/// <summary>What an image column holds.</summary>
internal enum PictureKind
{
    /// <summary>A path (text).</summary>
    Path,

    /// <summary>An encoded picture (a vector of bytes).</summary>
    Encoded,

    /// <summary>A decoded picture, of any size or of one that the column's type names.</summary>
    Image,
}
