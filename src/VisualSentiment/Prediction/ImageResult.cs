using System.Diagnostics.CodeAnalysis;

namespace VisualSentiment;

/// <summary>What came of one of many images: a prediction, or the reason why it could not be read.</summary>
public sealed class ImageResult
{
    /// <summary>Creates a result with a prediction, such as for a test.</summary>
    /// <param name="index">The index of the image among those that were given, from 0.</param>
    /// <param name="name">The path of the image, or its name in messages.</param>
    /// <param name="prediction">The prediction.</param>
    public ImageResult(long index, string name, SentimentPrediction prediction) =>
        (Index, Name, Prediction) = (index, name, prediction);

    internal ImageResult(long index, string name, UnreadableImageException error) => (Index, Name, Error) = (index, name, error);

    /// <summary>The place of the image among those that were given, from 0.</summary>
    public long Index { get; }

    /// <summary>The path of the image; where it came from memory, what it is called in messages.</summary>
    public string Name { get; }

    /// <summary>Whether the image could be read.</summary>
    [MemberNotNullWhen(true, nameof(Prediction))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsPredicted => Prediction is not null;

    /// <summary>The prediction; null where the image could not be read.</summary>
    public SentimentPrediction? Prediction { get; }

    /// <summary>Why the image could not be read; null where it could.</summary>
    public UnreadableImageException? Error { get; }

    /// <summary>The name, and the prediction or the reason.</summary>
    public override string ToString() => IsPredicted ? $"{Name}: {Prediction}" : $"{Name}: {Error.Reason}";
}
