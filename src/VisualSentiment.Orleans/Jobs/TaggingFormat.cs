namespace VisualSentiment;

/// <summary>The format of result files.</summary>
public enum TaggingFormat
{
    /// <summary>
    /// JSON Lines: one object per image with <c>file</c>, <c>emotion</c>, <c>confidence</c> and <c>scores</c>, or with
    /// <c>file</c> and <c>error</c>.
    /// </summary>
    JsonLines,

    /// <summary>
    /// Parquet: the columns <c>file</c>, <c>emotion</c>, <c>confidence</c>, <c>score_NAME</c> per class, and
    /// <c>error</c>.
    /// </summary>
    Parquet,
}
