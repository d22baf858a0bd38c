namespace VisualSentiment;

/// <summary>How closely image files are looked at before they are used.</summary>
public enum ImageVerification
{
    /// <summary>Not at all. A file that is no image shows when training reads it.</summary>
    None,

    /// <summary>
    /// The start of each file: it is an image, of a kind and size that can be decoded. A file that is cut short passes.
    /// </summary>
    Header,

    /// <summary>Each file is decoded as a whole, on all cores: about 300 images of web size a second and core.</summary>
    Full,
}
