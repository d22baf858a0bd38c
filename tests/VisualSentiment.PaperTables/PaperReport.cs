namespace PaperTables;

/// <summary>Everything that the tables are made of, as written to tables.json.</summary>
internal sealed record PaperReport
{
    public required string Data { get; init; }

    public required IReadOnlyList<string> Classes { get; init; }

    public int Seed { get; init; }

    public int Processors { get; init; }

    public double BudgetHours { get; init; }

    public int Epochs { get; init; }

    public int TeacherEpochs { get; init; }

    public required IReadOnlyList<StageSize> Table1 { get; init; }

    public required IReadOnlyList<StageSize> Table2 { get; init; }

    /// <summary>By the rows' keys; "student" for all students.</summary>
    public required IReadOnlyDictionary<string, NetworkCost> Costs { get; init; }

    /// <summary>One training and one test part.</summary>
    public required PartResult Split { get; init; }

    public required IReadOnlyList<StudentGain> Gains { get; init; }

    /// <summary>The rows over all folds; null where there are none.</summary>
    public PartResult? Folds { get; init; }

    public IReadOnlyList<StudentGain>? FoldGains { get; init; }
}
