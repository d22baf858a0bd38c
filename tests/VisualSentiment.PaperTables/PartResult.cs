namespace PaperTables;

/// <summary>All rows of one part.</summary>
internal sealed record PartResult
{
    public required string Name { get; init; }

    public int TrainingPictures { get; init; }

    public int TestPictures { get; init; }

    /// <summary>Who teaches the students; null where nobody does.</summary>
    public string? Teacher { get; init; }

    public required IReadOnlyList<TableRow> Rows { get; init; }

    /// <summary>The same rows over several parts.</summary>
    public static PartResult Combine(IReadOnlyList<PartResult> parts) => parts[0] with
    {
        Name = $"{parts.Count} folds",
        TrainingPictures = (int)parts.Average(part => part.TrainingPictures),
        TestPictures = parts.Sum(part => part.TestPictures),
        Rows = [.. parts[0].Rows.Select(row => TableRow.Combine([.. parts.Select(part => part.Rows.First(other => other.Key == row.Key))]))],
    };
}
