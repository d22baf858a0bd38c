using System.Text.Json.Serialization;

namespace VisualSentiment;

/// <summary>Which side an emotion is on.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Polarity>))]
public enum Polarity
{
    /// <summary>Neither side; left out of polarity accuracy. Surprise is neutral.</summary>
    Neutral,

    /// <summary>Such as amusement, awe, contentment, excitement and joy.</summary>
    Positive,

    /// <summary>Such as anger, disgust, fear and sadness.</summary>
    Negative,
}
