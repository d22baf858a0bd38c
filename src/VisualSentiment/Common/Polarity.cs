using System.Text.Json.Serialization;

namespace VisualSentiment;

/// <summary>The polarity of an emotion.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Polarity>))]
public enum Polarity
{
    /// <summary>Neither positive nor negative, such as surprise.</summary>
    Neutral,

    /// <summary>Positive, such as amusement, awe, contentment, excitement and joy.</summary>
    Positive,

    /// <summary>Negative, such as anger, disgust, fear and sadness.</summary>
    Negative,
}
