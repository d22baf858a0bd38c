using System.Text.Json.Serialization;

namespace VisualSentiment.Benchmarks.Results;

/// <summary>One line of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Ours">The library's figure.</param>
internal sealed record ResultRow(string What, Quantity Ours)
{
    /// <summary>What it is compared with, in words; null where there is nothing.</summary>
    public string? PeerName { get; init; }

    /// <summary>The peer's figure.</summary>
    public Quantity? Peer { get; init; }

    /// <summary>Ours against the peer's.</summary>
    public Quantity? Ratio { get; init; }

    /// <summary>What the ratio, or where there is none our figure, has to reach; null where nothing was asked.</summary>
    public Bar? Bar { get; init; }

    /// <summary>Whether it is reached; null where nothing was asked.</summary>
    public bool? IsMet => Bar?.IsMetBy(Judged);

    [JsonIgnore]
    public string BarText => Bar?.ToString(Judged.Unit) ?? "";

    private Quantity Judged => Ratio ?? Ours;
}
