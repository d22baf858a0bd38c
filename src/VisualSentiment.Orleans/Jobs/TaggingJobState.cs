namespace VisualSentiment;

/// <summary>The state of a tagging job.</summary>
public enum TaggingJobState
{
    /// <summary>The job was not started.</summary>
    NotStarted,

    /// <summary>Images are tagged.</summary>
    Running,

    /// <summary>The job waits for <see cref="ITaggingJob.ResumeAsync"/>.</summary>
    Paused,

    /// <summary>The job was canceled.</summary>
    Canceled,

    /// <summary>Every shard has a result file or is parked.</summary>
    Completed,
}
