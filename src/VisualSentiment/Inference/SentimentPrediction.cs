using System.Text.Json.Serialization;
using VisualSentiment.Common;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment;

/// <summary>
/// The emotion that an image evokes, and the probability of each emotion. Predictions with the same probabilities of the same
/// emotions in the same order are equal. <c>System.Text.Json</c> writes and reads them.
/// </summary>
public sealed class SentimentPrediction : IEquatable<SentimentPrediction>
{
    private readonly OrderedDictionary<string, float> _scores;

    /// <summary>Creates a prediction, such as for a test or from JSON.</summary>
    /// <param name="scores">
    /// The probability of every emotion, from 0 to 1, in the order of the classes; that of the enumeration.
    /// </param>
    /// <exception cref="ArgumentException">There are no emotions, or a probability is not from 0 to 1.</exception>
    [JsonConstructor]
    public SentimentPrediction(IReadOnlyDictionary<string, float> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count == 0)
            throw new ArgumentException("A prediction needs the probability of at least one emotion.", nameof(scores));
        foreach (var (emotion, score) in scores)
            // The rounding of a softmax or an average may end above 1.
            if (score is not (>= 0 and <= 1.0001f))
                throw new ArgumentException(
                    FormattableString.Invariant($"The probability of '{emotion}' is {score}; it must be from 0 to 1."), nameof(scores));
        _scores = new OrderedDictionary<string, float>(scores, StringComparer.Ordinal);
        (Emotion, Confidence) = _scores.MaxBy(score => score.Value);
    }

    internal SentimentPrediction(IReadOnlyList<string> classes, ReadOnlySpan<float> scores)
    {
        _scores = new OrderedDictionary<string, float>(classes.Count, StringComparer.Ordinal);
        for (int i = 0; i < classes.Count; i++)
            _scores.Add(classes[i], scores[i]);
        int winner = ArgMax.Of(scores);
        if (winner < 0)
            throw new InvalidOperationException("the model's scores are not numbers; its weights are damaged, train it again");
        Emotion = classes[winner];
        Confidence = scores[winner];
    }

    /// <summary>The most probable emotion.</summary>
    public string Emotion { get; }

    /// <summary>Its probability, from 0 to 1.</summary>
    public float Confidence { get; }

    /// <summary>The probability of every emotion, from 0 to 1, in the order of the model's classes.</summary>
    public IReadOnlyDictionary<string, float> Scores => _scores;

    /// <summary>The probability of one emotion, from 0 to 1.</summary>
    /// <param name="emotion">One of the model's classes.</param>
    /// <exception cref="ArgumentException">It is none; the message lists them.</exception>
    public float this[string emotion] => _scores.TryGetValue(emotion, out float score) ? score
        : throw new ArgumentException($"'{emotion}' is none of the emotions {string.Join(", ", _scores.Keys)}", nameof(emotion));

    /// <summary>Whether the other prediction has the same probabilities of the same emotions in the same order.</summary>
    /// <param name="other">The other prediction.</param>
    public bool Equals(SentimentPrediction? other) => other is not null && _scores.SequenceEqual(other._scores);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SentimentPrediction);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Emotion, Confidence, _scores.Count);

    /// <summary>Emotion and probability.</summary>
    public override string ToString() => FormattableString.Invariant($"{Emotion} ({Confidence:P0})");
}
