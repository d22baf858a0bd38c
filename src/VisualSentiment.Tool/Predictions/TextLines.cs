using VisualSentiment.Tool.Screens;

namespace VisualSentiment.Tool.Predictions;

/// <summary>Writes one line per image: in aligned columns in a terminal, otherwise separated by tabs.</summary>
/// <param name="classes">The classes.</param>
/// <param name="top">The number of emotions per image, at most that of the classes; null for one.</param>
internal sealed class TextLines(IReadOnlyList<string> classes, int? top) : IPredictionWriter
{
    private readonly int _width = classes.Max(name => name.Length);

    public void Write(string file, SentimentPrediction prediction)
    {
        var scores = prediction.Top(top ?? 1);
        if (Screen.IsPlain)
        {
            Console.WriteLine(string.Join('\t', scores.Select(score =>
                FormattableString.Invariant($"{score.Emotion}\t{score.Probability:F3}")).Prepend(file)));
            return;
        }
        Screen.Line(string.Join("  ", scores.Select(score =>
            FormattableString.Invariant($"{score.Emotion.PadRight(_width)} {score.Probability,6:0.0%}")).Append(file)));
    }

    public void Write(string file, UnreadableImageException error) => Console.Error.WriteLine(error.Message);
}
