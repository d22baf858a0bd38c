using VisualSentiment;

namespace Predict;

/// <summary>Writes predictions, one line per image.</summary>
internal interface IReport
{
    void Write(string file, SentimentPrediction prediction);

    void Write(string file, UnreadableImageException error);
}
