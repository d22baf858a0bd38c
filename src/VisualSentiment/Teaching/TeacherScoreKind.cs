namespace VisualSentiment;

/// <summary>The meaning of the values in a teacher's score column.</summary>
public enum TeacherScoreKind
{
    /// <summary>
    /// Probabilities or fractions of votes, from 0 to 1. Their logarithms are used as logits, with values below 1e-6
    /// replaced by 1e-6.
    /// </summary>
    Probabilities,

    /// <summary>Logits, the inputs of a softmax: any finite values.</summary>
    Logits,
}
