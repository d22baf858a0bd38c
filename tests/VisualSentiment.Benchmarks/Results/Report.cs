using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VisualSentiment.Benchmarks.Results;

/// <summary>The results of one run, and those of earlier runs that it was added to.</summary>
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

    /// <summary>A description of the photographs.</summary>
    public required string Photographs { get; init; }

    public required IReadOnlyList<BenchmarkResult> Benchmarks { get; init; }

    public double Seconds { get; init; }

    [JsonIgnore]
    public RunOrigin Origin => new(Date, Machine, Quick, Photographs, Seconds);

    /// <summary>Reads the output of <see cref="ToJson"/>.</summary>
    /// <exception cref="InvalidDataException">The text is not a report.</exception>
    public static Report FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Report>(json, Format) ?? throw new JsonException("The file is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The earlier results cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The earlier report with the results of this run added or replaced.</summary>
    /// <param name="earlier">The report that this one is added to.</param>
    /// <param name="order">The names of all benchmarks, in the order of the table.</param>
    public Report AddedTo(Report earlier, IReadOnlyList<string> order) => this with
    {
        Benchmarks =
        [
            .. earlier.Benchmarks.Where(result => Benchmarks.All(own => own.Name != result.Name)).Select(result => result with { Origin = result.Origin ?? earlier.Origin })
                .Concat(Benchmarks).OrderBy(result => order.TakeWhile(name => name != result.Name).Count()),
        ],
    };

    public string ToJson() => JsonSerializer.Serialize(this, Format);
}
