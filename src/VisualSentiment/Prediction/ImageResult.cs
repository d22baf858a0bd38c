using System.Diagnostics.CodeAnalysis;

namespace VisualSentiment;

/// <summary>The result for one image: a prediction, or an error if the image could not be read.</summary>
public sealed class ImageResult
{
    /// <summary>Creates a result with a prediction, for example for a test.</summary>
    /// <param name="index">The index of the image in its source, from 0.</param>
    /// <param name="name">The path of the image, or its name in messages.</param>
    /// <param name="prediction">The prediction.</param>
    public ImageResult(long index, string name, SentimentPrediction prediction) =>
        (Index, Name, Prediction) = (index, name, prediction);

    /// <summary>Creates a result with an error, for example for a test.</summary>
    /// <param name="index">The index of the image in its source, from 0.</param>
    /// <param name="name">The path of the image, or its name in messages.</param>
    /// <param name="error">The error from reading the image.</param>
    public ImageResult(long index, string name, UnreadableImageException error) =>
        (Index, Name, Error) = (index, name, error);

    /// <summary>Gets the index of the image in its source, from 0.</summary>
    public long Index { get; }

    /// <summary>Gets the path of the image, or its name in messages if it has no path.</summary>
    public string Name { get; }

    /// <summary>Gets whether the image could be read.</summary>
    [MemberNotNullWhen(true, nameof(Prediction))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsPredicted => Prediction is not null;

    /// <summary>Gets the prediction; null if the image could not be read.</summary>
    public SentimentPrediction? Prediction { get; }

    /// <summary>Gets the error from reading the image; null if the image could be read.</summary>
    public UnreadableImageException? Error { get; }

    /// <summary>Returns the name, and the prediction or the error.</summary>
    public override string ToString() => IsPredicted ? $"{Name}: {Prediction}" : $"{Name}: {Error.Reason}";
}
