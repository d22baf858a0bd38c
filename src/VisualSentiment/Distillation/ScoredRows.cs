using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace VisualSentiment.Distillation;

/// <summary>A pass over one model's rows.</summary>
internal sealed class ScoredRows(DataViewRowCursor cursor, Func<string?> getLabel, ValueGetter<VBuffer<float>> getScores, ScoredModel model) : IDisposable
{
    /// <summary>The maximum difference between 1 and the sum of a row's probabilities.</summary>
    private const float Tolerance = 1e-3f;

    private readonly Dictionary<string, int> _classes = model.Classes.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.Ordinal);
    private readonly float[] _probabilities = new float[model.Classes.Count];
    private VBuffer<float> _scores;

    /// <summary>The class of the current row's label, from 0.</summary>
    public int Label { get; private set; }

    /// <summary>The current row's C probabilities.</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities;

    /// <exception cref="ArgumentException">The row has no label or an unknown one, or its scores are not probabilities.</exception>
    public bool MoveNext()
    {
        if (!cursor.MoveNext())
            return false;
        string? label = getLabel();
        if (label is null || !_classes.TryGetValue(label, out int index))
            throw new ArgumentException($"Row {cursor.Position} has {(label is null ? "no label" : $"the label '{label}'")}; "
                + $"{model.Role} knows the classes {string.Join(", ", model.Classes)}");
        Label = index;
        getScores(ref _scores);
        _scores.CopyTo(_probabilities);
        float sum = _probabilities.Sum();
        // A sum that is not a number fails the comparison, too.
        if (!(Math.Abs(sum - 1) <= Tolerance) || _probabilities.Any(probability => probability < 0))
        {
            string scores = string.Join(", ", _probabilities.Select(p => p.ToString(CultureInfo.InvariantCulture)));
            throw new ArgumentException(FormattableString.Invariant(
                $"The scores of {model.Role} in row {cursor.Position} are no probabilities: {scores} (sum {sum}). Softmax them first"));
        }
        return true;
    }

    public void Dispose() => cursor.Dispose();
}
