namespace VisualSentiment;

/// <summary>What happens to files that cannot be used as labeled images.</summary>
public enum BadFileAction
{
    /// <summary>Loading fails, with all of them in one message.</summary>
    Throw,

    /// <summary>They are left out, and a warning in the log of the <c>MLContext</c> lists them.</summary>
    Skip,
}
