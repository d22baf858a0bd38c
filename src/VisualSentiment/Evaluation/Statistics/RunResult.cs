
namespace VisualSentiment.Evaluation.Statistics;

/// <summary>The counts of one run: a student, and if given a teacher and a student on hard labels, on one set of test images.</summary>
internal sealed record RunResult
{
    public ModelTally? Teacher { get; init; }

    public required ModelTally Student { get; init; }

    public ModelTally? HardLabels { get; init; }

    /// <summary>Tests in which student and teacher have the same winner.</summary>
    public int Agreeing { get; init; }

    /// <summary>The sum of KL(teacher || student) over the tests, in nats.</summary>
    public double DivergenceSum { get; init; }

    /// <summary>A <see cref="ImageOutcome"/> for every test.</summary>
    public required byte[] Images { get; init; }

    /// <summary>The classes that polarity accuracy leaves out because their polarity is not known.</summary>
    public IReadOnlyList<string> ClassesWithoutPolarity { get; init; } = [];

    public TrainingDiagnostics Diagnostics { get; init; } = new();

    /// <summary>The images with the largest loss of the student, the largest first.</summary>
    public IReadOnlyList<TestedImage> LargestLosses { get; init; } = [];

    /// <summary>The images with the largest divergence of the student from the teacher, the largest first.</summary>
    public IReadOnlyList<TestedImage> LargestDivergences { get; init; } = [];

    /// <summary>How the networks were trained.</summary>
    public TrainingCurves Curves { get; init; } = new();

    /// <summary>
    /// Whether this is the same run: the same images in the same order, and the same scores of all models.
    /// </summary>
    public bool IsSameAs(RunResult other) =>
        Images.AsSpan().SequenceEqual(other.Images) && Sums(this).SequenceEqual(Sums(other));

    private static double?[] Sums(RunResult run) =>
        [run.DivergenceSum, run.Teacher?.CrossEntropySum, run.Student.CrossEntropySum, run.HardLabels?.CrossEntropySum];

    /// <summary>Why this is not a run over so many classes; null if it is.</summary>
    public string? FindError(int classes)
    {
        ModelTally?[] tallies = [Teacher, Student, HardLabels];
        return Student is null || Images is null || Diagnostics is null || ClassesWithoutPolarity is null
            ? "counts of a run are missing"
            : tallies.Any(tally => tally is not null && (tally.Tests.Length != classes || tally.Correct.Length != classes)) ? $"a run does not count {classes} classes"
            : tallies.Any(tally => tally is not null && (tally.Confusion.Length != classes || tally.Confusion.Any(row => row?.Length != classes))) ? $"a confusion matrix is not of {classes} classes"
            : LargestLosses is null || LargestDivergences is null || Curves is null || LargestLosses.Concat(LargestDivergences).Any(image => image is null || image.IsInvalid(classes)) ? "the scores of an image are missing"
            : ImageOutcome.Count(Images) == 0 ? "a run has no image"
            : tallies.Any(tally => tally is not null && tally.Tests.Sum() != ImageOutcome.Count(Images)) ? "the counts of a run do not match its images"
            : null;
    }
}

/// <summary>The epochs of each network's training; empty where they are unknown.</summary>
internal sealed record TrainingCurves
{
    public IReadOnlyList<EpochResult> Teacher { get; init; } = [];

    public IReadOnlyList<EpochResult> Student { get; init; } = [];

    public IReadOnlyList<EpochResult> HardLabelStudent { get; init; } = [];
}
