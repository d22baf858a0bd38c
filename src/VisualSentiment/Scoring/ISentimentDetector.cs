using Microsoft.ML.Data;

namespace VisualSentiment;

/// <summary>Tells the emotion that a picture evokes. Thread-safe.</summary>
public interface ISentimentDetector
{
    /// <summary>The emotions it can tell, in the order of the scores.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>Predicts the emotion of a picture file.</summary>
    /// <param name="path">The path of a picture.</param>
    /// <exception cref="UnreadableImageException">The file is missing, is no picture, or is damaged.</exception>
    SentimentPrediction Predict(string path);

    /// <summary>Predicts the emotion of an encoded picture.</summary>
    /// <param name="encoded">The bytes of a picture file.</param>
    /// <exception cref="UnreadableImageException">The bytes are no picture, or damaged.</exception>
    SentimentPrediction Predict(ReadOnlySpan<byte> encoded);

    /// <summary>Predicts the emotion of an encoded picture, which is read to its end. The stream stays open.</summary>
    /// <param name="encoded">The bytes of a picture file.</param>
    /// <exception cref="UnreadableImageException">The bytes are no picture, or damaged.</exception>
    SentimentPrediction Predict(Stream encoded);

    /// <summary>Predicts the emotion of a decoded picture, which stays its owner's.</summary>
    /// <param name="image">The picture, of any size.</param>
    SentimentPrediction Predict(MLImage image);
}
