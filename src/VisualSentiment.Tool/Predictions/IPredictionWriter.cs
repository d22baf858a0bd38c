namespace VisualSentiment.Tool.Predictions;

/// <summary>Writes the result of each image when it is available.</summary>
internal interface IPredictionWriter
{
    void Write(string file, SentimentPrediction prediction);

    void Write(string file, UnreadableImageException error);
}
