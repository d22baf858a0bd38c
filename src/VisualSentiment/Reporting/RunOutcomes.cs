namespace VisualSentiment.Reporting;

/// <summary>What was counted in one run: one student (and its teacher and its twin on hard labels) on one set of test pictures.</summary>
internal sealed record RunOutcomes
{
    public ModelTally? Teacher { get; init; }

    public required ModelTally Student { get; init; }

    public ModelTally? HardLabels { get; init; }

    /// <summary>Tests in which student and teacher have the same winner.</summary>
    public int Agreeing { get; init; }

    /// <summary>The sum of KL(teacher || student) over the tests, in nats.</summary>
    public double DivergenceSum { get; init; }

    /// <summary>A <see cref="PictureOutcome"/> for every test.</summary>
    public required byte[] Pictures { get; init; }

    /// <summary>The classes that polarity accuracy leaves out because their polarity is not known.</summary>
    public IReadOnlyList<string> ClassesWithoutPolarity { get; init; } = [];

    public TrainingClues Clues { get; init; } = new();

    /// <summary>The pictures with the largest loss of the student, the largest first.</summary>
    public IReadOnlyList<TestedPicture> LargestLosses { get; init; } = [];

    /// <summary>The pictures with the largest divergence of the student from the teacher, the largest first.</summary>
    public IReadOnlyList<TestedPicture> LargestDivergences { get; init; } = [];

    /// <summary>How the networks were trained.</summary>
    public TrainingCurves Curves { get; init; } = new();

    /// <summary>
    /// Whether this is the same run: the same images in the same order, and the same scores of all models.
    /// </summary>
    public bool IsSameAs(RunOutcomes other) =>
        Pictures.AsSpan().SequenceEqual(other.Pictures) && Sums(this).SequenceEqual(Sums(other));

    private static double?[] Sums(RunOutcomes run) =>
        [run.DivergenceSum, run.Teacher?.CrossEntropySum, run.Student.CrossEntropySum, run.HardLabels?.CrossEntropySum];

    /// <summary>What keeps this from being a run over these classes; null where nothing does.</summary>
    public string? FindMistake(int classes)
    {
        ModelTally?[] tallies = [Teacher, Student, HardLabels];
        return Student is null || Pictures is null || Clues is null || ClassesWithoutPolarity is null
            ? "a run lacks its figures"
            : tallies.Any(tally => tally is not null && (tally.Tests.Length != classes || tally.Correct.Length != classes)) ? $"a run does not count {classes} classes"
            : tallies.Any(tally => tally?.Confusion is { } matrix && (matrix.Length != classes || matrix.Any(row => row?.Length != classes))) ? $"a confusion matrix is not of {classes} classes"
            : LargestLosses is null || LargestDivergences is null || Curves is null || LargestLosses.Concat(LargestDivergences).Any(picture => picture is null || picture.IsMistaken(classes)) ? "a picture lacks its figures"
            : PictureOutcome.Count(Pictures) == 0 ? "a run has no picture"
            : tallies.Any(tally => tally is not null && tally.Tests.Sum() != PictureOutcome.Count(Pictures)) ? "a run's counts and pictures do not fit together"
            : null;
    }
}
