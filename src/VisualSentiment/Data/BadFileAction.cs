namespace VisualSentiment;

/// <summary>Specifies how files that cannot be used are handled.</summary>
public enum BadFileAction
{
    /// <summary>An <see cref="InvalidImageFolderException"/> that lists all of them is thrown.</summary>
    Throw,

    /// <summary>The files are skipped and listed in a warning in the log of the <c>MLContext</c>.</summary>
    Skip,
}
