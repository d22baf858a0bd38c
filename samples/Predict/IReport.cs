using VisualSentiment;

namespace Predict;

/// <summary>Where predictions go, a line an image.</summary>
internal interface IReport
{
    void Write(string file, SentimentPrediction prediction);

    void Write(string file, UnreadableImageException error);
}
