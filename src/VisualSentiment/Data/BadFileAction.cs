namespace VisualSentiment;

/// <summary>How files that cannot be used as labeled images are handled.</summary>
public enum BadFileAction
{
    /// <summary>Loading throws an exception that lists all of them.</summary>
    Throw,

    /// <summary>They are skipped, and a warning in the log of the <c>MLContext</c> lists them.</summary>
    Skip,
}
