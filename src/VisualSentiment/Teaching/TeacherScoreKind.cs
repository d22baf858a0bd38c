using VisualSentiment.Distillation.Losses;
using VisualSentiment.Teaching;

namespace VisualSentiment;

/// <summary>What the numbers of a teacher's score column mean.</summary>
public enum TeacherScoreKind
{
    /// <summary>
    /// Probabilities or shares of votes, from 0 to 1. Their logarithms serve as logits; a zero counts as one in a million.
    /// </summary>
    Probabilities,

    /// <summary>Logits: any finite numbers, the inputs of a softmax.</summary>
    Logits,
}
