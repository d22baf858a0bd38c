using System.Collections.ObjectModel;
using Microsoft.ML;

namespace VisualSentiment;

/// <summary>Options of <c>EvaluateDistillation</c>.</summary>
public sealed record DistillationEvaluationOptions
{
    /// <summary>
    /// Gets polarities of classes by name, which are added to the known ones and override them. Polarity accuracy
    /// excludes classes of unknown polarity; <see cref="DistillationReport.ClassesWithoutPolarity"/> lists them.
    /// </summary>
    /// <value>
    /// Default: null. The known polarities, in lower or upper case, are those of the emotions of Ekman, Mikels and
    /// Plutchik and their common variants, such as joy, happiness and happy (positive), sadness and sad (negative), and
    /// surprise (neutral).
    /// </value>
    public IReadOnlyDictionary<string, Polarity>? Polarities { get; init; }

    /// <summary>Gets the temperature of the distillation, above 0, to detect flat soft targets.</summary>
    /// <value>Default: null, which uses that of the student if it is a <see cref="SentimentTransformer"/>.</value>
    public double? Temperature { get; init; }

    /// <summary>
    /// Gets the soft targets of the training, to detect a teacher that overfits: the training images with their label
    /// and the teacher's <c>Score</c> (probabilities), such as <c>teacher.Transform(train)</c>, or the out-of-fold
    /// scores if the training used them.
    /// </summary>
    /// <value>Default: null.</value>
    public IDataView? TeacherTrainingScores { get; init; }

    /// <summary>Gets the epochs of the student's training, to detect training that stopped too early.</summary>
    /// <value>Default: null, which uses that of the student if it is a <see cref="SentimentTransformer"/>.</value>
    public IReadOnlyList<EpochResult>? History { get; init; }

    /// <summary>
    /// Gets the maximum length of <see cref="DistillationReport.LargestLosses"/> and <see
    /// cref="DistillationReport.LargestDivergences"/>; at least 0. Memory does not grow with the number of rows.
    /// </summary>
    /// <value>Default: 12.</value>
    public int MaxExamples { get; init; } = 12;

    /// <summary>Gets the name of the training recipe, for the report.</summary>
    /// <value>Default: null, which uses that of the student if it is a <see cref="SentimentTransformer"/>.</value>
    public string? Recipe { get; init; }

    /// <summary>Gets the settings of the run by name, such as seed and epochs, for the report.</summary>
    /// <value>Default: empty, which uses those of the student if it is a <see cref="SentimentTransformer"/>.</value>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    internal CancellationToken CancellationToken { get; init; }
}
