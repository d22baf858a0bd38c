namespace VisualSentiment.Benchmarks.Results;

/// <summary>A row of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Ours">The library's figure.</param>
internal sealed record ResultRow(string What, Quantity Ours)
{
    /// <summary>What the figure is compared with; null for no comparison.</summary>
    public string? PeerName { get; init; }

    /// <summary>The peer's figure.</summary>
    public Quantity? Peer { get; init; }

    /// <summary>The ratio of both figures.</summary>
    public Quantity? Ratio { get; init; }
}
