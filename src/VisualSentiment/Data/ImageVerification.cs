namespace VisualSentiment;

/// <summary>How image files are validated before they are used.</summary>
public enum ImageVerification
{
    /// <summary>No validation. Invalid images cause an error when training reads them.</summary>
    None,

    /// <summary>The format and size in the header of each file are validated. Truncated files are not detected.</summary>
    Header,

    /// <summary>Each file is decoded, on all cores: about 300 images of web size per second and core.</summary>
    Full,
}
