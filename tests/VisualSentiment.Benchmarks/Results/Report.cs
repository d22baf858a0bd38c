using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VisualSentiment.Benchmarks.Results;

/// <summary>Everything that one run found out.</summary>
internal sealed record Report
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public required DateTime Date { get; init; }

    public required Machine Machine { get; init; }

    public required bool Quick { get; init; }

    /// <summary>The photographs in words.</summary>
    public required string Photographs { get; init; }

    public required IReadOnlyList<BenchmarkResult> Benchmarks { get; init; }

    public double Seconds { get; init; }

    [JsonIgnore]
    public IEnumerable<ResultRow> Rows => Benchmarks.SelectMany(b => b.Rows);

    public string ToJson() => JsonSerializer.Serialize(this, Format);
}
