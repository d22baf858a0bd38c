using System.Text.Json.Serialization;
using VisualSentiment.Common;

namespace VisualSentiment;

/// <summary>
/// The emotion that an image evokes, and the probability of each emotion. Two predictions are equal if they have the
/// same probabilities of the same emotions in the same order. <c>System.Text.Json</c> writes and reads predictions.
/// </summary>
public sealed class SentimentPrediction : IEquatable<SentimentPrediction>
{
    private readonly OrderedDictionary<string, float> _scores;

    /// <summary>Creates a prediction, for example for a test or from JSON.</summary>
    /// <param name="scores">The probability (0 to 1) of each emotion, in the order of the classes.</param>
    /// <exception cref="ArgumentException">There are no emotions, or a probability is not from 0 to 1.</exception>
    [JsonConstructor]
    public SentimentPrediction(IReadOnlyDictionary<string, float> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count == 0)
            throw new ArgumentException("A prediction requires at least one emotion.", nameof(scores));
        foreach (var (emotion, score) in scores)
            // A softmax or an average can be slightly above 1 by rounding.
            if (score is not (>= 0 and <= 1.0001f))
                throw new ArgumentException(FormattableString.Invariant(
                    $"The probability of '{emotion}' is {score}; it must be from 0 to 1."), nameof(scores));
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
            throw new InvalidOperationException(
                "The model's scores are not numbers; its weights are damaged. Train it again.");
        Emotion = classes[winner];
        Confidence = scores[winner];
    }

    /// <summary>Gets the most probable emotion.</summary>
    public string Emotion { get; }

    /// <summary>Gets the probability of <see cref="Emotion"/>, from 0 to 1.</summary>
    public float Confidence { get; }

    /// <summary>Gets the probability of each emotion, from 0 to 1, in the order of the model's classes.</summary>
    public IReadOnlyDictionary<string, float> Scores => _scores;

    /// <summary>
    /// Gets whether the positive or the negative emotions have the larger sum of probabilities. Neutral emotions and
    /// emotions of unknown polarity are ignored. The polarity is known for the English names of the emotions of Ekman,
    /// Mikels and Plutchik.
    /// </summary>
    /// <value>
    /// <see cref="VisualSentiment.Polarity.Positive"/> or <see cref="VisualSentiment.Polarity.Negative"/>; null if the
    /// sums are equal, or if no emotion is known to be positive or none is known to be negative.
    /// </value>
    [JsonIgnore]
    public Polarity? Polarity => new PolarityMap([.. _scores.Keys], null).Of([.. _scores.Values]);

    /// <summary>Gets the probability of one emotion, from 0 to 1.</summary>
    /// <param name="emotion">One of the model's classes.</param>
    /// <exception cref="ArgumentException">The model has no such class; the message lists its classes.</exception>
    public float this[string emotion] =>
        _scores.TryGetValue(emotion, out float score) ? score : throw new ArgumentException(
        $"There is no emotion '{emotion}'; the emotions are {string.Join(", ", _scores.Keys)}.", nameof(emotion));

    /// <summary>Returns the most probable emotions with their probabilities, in descending order.</summary>
    /// <param name="k">The number of emotions, from 1 to the number of the model's classes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is out of range.</exception>
    public IReadOnlyList<(string Emotion, float Probability)> Top(int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, _scores.Count);
        return [.. _scores.OrderByDescending(score => score.Value).Take(k).Select(score => (score.Key, score.Value))];
    }

    /// <summary>Whether <see cref="Confidence"/> is at least a threshold.</summary>
    /// <param name="threshold">The threshold, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threshold"/> is not from 0 to 1.</exception>
    public bool IsConfident(double threshold) => threshold is >= 0 and <= 1 ? Confidence >= threshold
        : throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "The threshold must be from 0 to 1.");

    /// <summary>Whether the probabilities, emotions and their order are equal.</summary>
    /// <param name="other">The other prediction.</param>
    public bool Equals(SentimentPrediction? other) => other is not null && _scores.SequenceEqual(other._scores);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SentimentPrediction);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Emotion, Confidence, _scores.Count);

    /// <summary>Returns the emotion and its probability.</summary>
    public override string ToString() => FormattableString.Invariant($"{Emotion} ({Confidence:P0})");
}
