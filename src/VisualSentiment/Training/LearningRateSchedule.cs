namespace VisualSentiment;

/// <summary>How the learning rate changes while a network is trained.</summary>
public enum LearningRateSchedule
{
    /// <summary>Not at all: the paper's way.</summary>
    Constant,

    /// <summary>It rises for the first 3 % of the steps and then falls along half a cosine to zero.</summary>
    Cosine,
}
