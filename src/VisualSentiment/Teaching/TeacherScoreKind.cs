namespace VisualSentiment;

/// <summary>The meaning of the values in a teacher's score column.</summary>
public enum TeacherScoreKind
{
    /// <summary>
    /// Probabilities or shares of votes, from 0 to 1. Their logarithms are the logits; values below 1e-6 count as 1e-6.
    /// </summary>
    Probabilities,

    /// <summary>Logits: any finite values, the inputs of a softmax.</summary>
    Logits,
}
