namespace PaperTables;

/// <summary>All rows of one part.</summary>
internal sealed record PartResult
{
    public required string Name { get; init; }

    public int TrainingImages { get; init; }

    public int TestImages { get; init; }

    /// <summary>Who teaches the students; null where nobody does.</summary>
    public string? Teacher { get; init; }

    public required IReadOnlyList<TableRow> Rows { get; init; }

    /// <summary>The same rows over several parts.</summary>
    public static PartResult Combine(IReadOnlyList<PartResult> parts) => parts[0] with
    {
        Name = $"{parts.Count} folds",
        TrainingImages = (int)parts.Average(part => part.TrainingImages),
        TestImages = parts.Sum(part => part.TestImages),
        Rows = [.. parts[0].Rows.Select(row => TableRow.Combine([.. parts.Select(part => part.Rows.First(other => other.Key == row.Key))]))],
    };
}
