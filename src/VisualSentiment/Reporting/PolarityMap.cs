namespace VisualSentiment.Reporting;

/// <summary>The polarity of each of C classes.</summary>
internal sealed class PolarityMap
{
    private static readonly Dictionary<string, Polarity> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["amusement"] = Polarity.Positive,
        ["awe"] = Polarity.Positive,
        ["contentment"] = Polarity.Positive,
        ["excitement"] = Polarity.Positive,
        ["joy"] = Polarity.Positive,
        ["anger"] = Polarity.Negative,
        ["disgust"] = Polarity.Negative,
        ["fear"] = Polarity.Negative,
        ["sadness"] = Polarity.Negative,
    };

    private readonly Polarity[] _polarities;
    private readonly bool _twoSided;

    /// <param name="classes">The names of the classes.</param>
    /// <param name="polarities">Their polarities; null for what is known of ArtPhoto's and Emotion6's emotions.</param>
    public PolarityMap(IReadOnlyList<string> classes, IReadOnlyDictionary<string, Polarity>? polarities)
    {
        polarities ??= Known;
        _polarities = [.. classes.Select(name => polarities.GetValueOrDefault(name))];
        _twoSided = _polarities.Contains(Polarity.Positive) && _polarities.Contains(Polarity.Negative);
    }

    public Polarity this[int label] => _polarities[label];

    /// <summary>Whether pictures of the class are asked about: it has a side, and there are two.</summary>
    public bool Counts(int label) => _twoSided && _polarities[label] != Polarity.Neutral;

    /// <summary>Whether the probabilities of the classes on the label's side have the larger sum; a tie is a miss.</summary>
    public bool IsRight(int label, ReadOnlySpan<float> probabilities)
    {
        double positive = 0, negative = 0;
        for (int i = 0; i < probabilities.Length; i++)
            if (_polarities[i] == Polarity.Positive)
                positive += probabilities[i];
            else if (_polarities[i] == Polarity.Negative)
                negative += probabilities[i];
        return _polarities[label] == Polarity.Positive ? positive > negative : negative > positive;
    }
}
