namespace VisualSentiment.Common;

/// <summary>The polarity of each of C classes.</summary>
internal sealed class PolarityMap
{
    // Mikels et al. 2005 (ArtPhoto, FI, EmoSet), Ekman 1992 (Emotion6), Plutchik 1980 with the names of intensities,
    // and data sets that name polarities themselves. Nouns and adjectives.
    private const string Positive = """
        acceptance admiration amused amusement awe content contentment ecstasy excited excitement happiness happy joy
        joyful love positive serenity trust
        """;

    private const string Negative = """
        afraid anger angry annoyance apprehension boredom contempt disgust disgusted fear fearful grief loathing
        negative pensiveness rage sad sadness scared terror
        """;

    private const string Neutral = "amazement anticipation distraction interest neutral surprise surprised vigilance";

    private static readonly Dictionary<string, Polarity> Known = new(
        [
            .. Named(Positive, Polarity.Positive),
            .. Named(Negative, Polarity.Negative),
            .. Named(Neutral, Polarity.Neutral),
        ],
        StringComparer.OrdinalIgnoreCase);

    private readonly Polarity[] _polarities;
    private readonly bool _twoSided;

    /// <param name="classes">The names of the classes.</param>
    /// <param name="polarities">Additional polarities, which override the known ones; null for none.</param>
    public PolarityMap(IReadOnlyList<string> classes, IReadOnlyDictionary<string, Polarity>? polarities)
    {
        Polarity? Find(string name) =>
            polarities is not null && polarities.TryGetValue(name, out Polarity given) ? given
            : Known.TryGetValue(name, out Polarity known) ? known : null;
        Unknown = [.. classes.Where(name => Find(name) is null)];
        _polarities = [.. classes.Select(name => Find(name) ?? Polarity.Neutral)];
        _twoSided = _polarities.Contains(Polarity.Positive) && _polarities.Contains(Polarity.Negative);
    }

    /// <summary>The classes of unknown polarity, which count as neutral.</summary>
    public IReadOnlyList<string> Unknown { get; }

    public Polarity this[int label] => _polarities[label];

    /// <summary>
    /// Whether the class counts for polarity accuracy: it is not neutral, and there are classes of both polarities.
    /// </summary>
    public bool Counts(int label) => _twoSided && _polarities[label] != Polarity.Neutral;

    /// <summary>Whether the polarity with the larger probability is that of the class.</summary>
    public bool IsCorrect(int label, ReadOnlySpan<float> probabilities) => Of(probabilities) == _polarities[label];

    /// <summary>The polarity with the larger probability; null in a tie, or without classes of both.</summary>
    public Polarity? Of(ReadOnlySpan<float> probabilities)
    {
        double positive = 0, negative = 0;
        for (int i = 0; i < probabilities.Length; i++)
            if (_polarities[i] == Polarity.Positive)
                positive += probabilities[i];
            else if (_polarities[i] == Polarity.Negative)
                negative += probabilities[i];
        return !_twoSided || positive == negative ? null : positive > negative ? Polarity.Positive : Polarity.Negative;
    }

    /// <summary>A note on the classes that polarity accuracy excludes; null if none or all.</summary>
    public static string? Note(IReadOnlyCollection<string> unknown, int classes) =>
        unknown.Count > 0 && unknown.Count < classes
            ? $"Polarity accuracy excludes classes of unknown polarity: {string.Join(", ", unknown)}" : null;

    private static IEnumerable<KeyValuePair<string, Polarity>> Named(string names, Polarity polarity) =>
        names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(name => KeyValuePair.Create(name, polarity));
}
