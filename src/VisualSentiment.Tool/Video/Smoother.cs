namespace VisualSentiment.Tool.Video;

/// <summary>
/// An exponential moving average of probabilities. The weight of a frame decreases by a factor of e within the time
/// constant, whatever the distances between frames.
/// </summary>
/// <param name="timeConstant">The time constant in seconds; 0 for no smoothing.</param>
internal sealed class Smoother(double timeConstant)
{
    private readonly OrderedDictionary<string, float> _average = [];
    private double _time;

    /// <summary>Adds the probabilities of a frame, and returns the average.</summary>
    public SentimentPrediction Add(double time, SentimentPrediction frame)
    {
        float weight = _average.Count == 0 || timeConstant == 0 ? 1
            : (float)(1 - Math.Exp((_time - time) / timeConstant));
        foreach (var (emotion, probability) in frame.Scores)
            _average[emotion] = float.Lerp(_average.GetValueOrDefault(emotion), probability, weight);
        _time = time;
        return new SentimentPrediction(_average);
    }
}
