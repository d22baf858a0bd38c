using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VisualSentiment.Tool.Tagging;

/// <summary>The result of one image in the journal.</summary>
internal sealed record JournalLine
{
    /// <summary>Gets the options of all files with one JSON object per line. Names stay readable.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Gets the path from the tagged folder.</summary>
    public required string File { get; init; }

    public required long Size { get; init; }

    public required DateTime Modified { get; init; }

    /// <summary>Gets the fingerprint of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the probability of each class; null if the image could not be read.</summary>
    public IReadOnlyDictionary<string, float>? Scores { get; init; }

    /// <summary>Gets the reason why the image could not be read.</summary>
    public string? Error { get; init; }

    /// <summary>Gets the emotion in the sidecar; empty for none; null if no sidecar was written.</summary>
    public string? Keyword { get; init; }

    /// <summary>Gets the reason why the sidecar could not be written.</summary>
    public string? SidecarError { get; init; }
}
