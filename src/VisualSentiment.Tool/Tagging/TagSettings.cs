namespace VisualSentiment.Tool.Tagging;

/// <summary>The settings of <c>tag</c>.</summary>
internal sealed record TagSettings
{
    public required string Folder { get; init; }

    public required string Model { get; init; }

    public required string Output { get; init; }

    public required IReadOnlyCollection<string> Formats { get; init; }

    public bool WritesSidecars { get; init; }

    public double Threshold { get; init; }

    public bool Watches { get; init; }

    public bool WritesContactSheets { get; init; }

    /// <summary>Gets the number of images per result file of a cluster.</summary>
    public int ShardSize { get; init; }
}
