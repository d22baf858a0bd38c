namespace VisualSentiment;

/// <summary>Specifies the schedule of the learning rate.</summary>
public enum LearningRateSchedule
{
    /// <summary>A constant rate, as in the paper.</summary>
    Constant,

    /// <summary>Linear warm-up over the first 3% of the steps, then cosine decay to zero.</summary>
    Cosine,
}
