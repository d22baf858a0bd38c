using VisualSentiment.Scoring;

namespace VisualSentiment;

/// <summary>The emotion that a picture evokes, and how probable each emotion is.</summary>
public sealed class SentimentPrediction
{
    private readonly OrderedDictionary<string, float> _scores;

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

    /// <summary>Emotion and probability.</summary>
    public override string ToString() => FormattableString.Invariant($"{Emotion} ({Confidence:P0})");
}
