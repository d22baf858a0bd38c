namespace VisualSentiment;

/// <summary>Specifies how image files are validated when they are loaded.</summary>
public enum ImageVerification
{
    /// <summary>No validation. Invalid images cause an error when training reads them.</summary>
    None,

    /// <summary>The format and size in each file header are validated. Truncated files are not detected.</summary>
    Header,

    /// <summary>Each file is decoded, on all CPU cores: about 300 typical web images per second per core.</summary>
    Full,
}
