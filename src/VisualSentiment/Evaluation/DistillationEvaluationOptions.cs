using Microsoft.ML;

namespace VisualSentiment;

/// <summary>Options of <c>EvaluateDistillation</c>.</summary>
public sealed record DistillationEvaluationOptions
{
    /// <summary>
    /// Polarities of classes by name, beside those that the library knows and in place of them. A class without one is
    /// left out of polarity accuracy, its probability included; <see cref="DistillationReport.ClassesWithoutPolarity"/>
    /// lists them.
    /// </summary>
    /// <value>
    /// null. Known in lower or upper case are the emotions of Ekman, Mikels and Plutchik and their common variants,
    /// such as joy, happiness and happy (positive), sadness and sad (negative), and surprise (neutral).
    /// </value>
    public IReadOnlyDictionary<string, Polarity>? Polarities { get; init; }

    /// <summary>The temperature of the distillation, above 0, to detect flat soft targets.</summary>
    /// <value>null: the temperature of the student, if it is a <see cref="SentimentTransformer"/>.</value>
    public double? Temperature { get; init; }

    /// <summary>
    /// The soft targets of the training: the training images with their label and the teacher's <c>Score</c> (probabilities), such as
    /// <c>teacher.Transform(train)</c>, or out-of-fold scores if those were used. They show whether the teacher overfits.
    /// </summary>
    /// <value>null.</value>
    public IDataView? TeacherTrainingScores { get; init; }

    /// <summary>The epochs of the student's training, to detect a training that was too short.</summary>
    /// <value>null: the student's own history, where it is a <see cref="SentimentTransformer"/>.</value>
    public IReadOnlyList<EpochResult>? History { get; init; }

    /// <summary>
    /// How many of the images with the largest loss the report keeps with all their scores, and as many of those on which
    /// teacher and student are furthest apart; 0 for none. Whatever the number of rows, no more are kept in memory.
    /// </summary>
    /// <value>12.</value>
    public int MaxExamples { get; init; } = 12;
}
