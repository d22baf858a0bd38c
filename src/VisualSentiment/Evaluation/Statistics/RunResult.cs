namespace VisualSentiment.Evaluation.Statistics;

/// <summary>The counts of one run of a student, and optionally a teacher and students on hard labels.</summary>
internal sealed record RunResult
{
    public ModelTally? Teacher { get; init; }
    public required ModelTally Student { get; init; }
    public ModelTally? HardLabels { get; init; }
    public ModelTally? PretrainedHardLabels { get; init; }

    /// <summary>The number of tests in which student and teacher predict the same class.</summary>
    public int Agreeing { get; init; }

    /// <summary>The sum of KL(teacher || student) over the tests, in nats.</summary>
    public double DivergenceSum { get; init; }

    /// <summary>An <see cref="ImageOutcome"/> per test.</summary>
    public required byte[] Images { get; init; }

    public IReadOnlyList<string> ClassesWithoutPolarity { get; init; } = [];
    public TrainingDiagnostics Diagnostics { get; init; } = new();

    /// <summary>The images with the largest loss of the student, in descending order.</summary>
    public IReadOnlyList<TestedImage> LargestLosses { get; init; } = [];

    /// <summary>The images with the largest divergence of the student from the teacher, in descending order.</summary>
    public IReadOnlyList<TestedImage> LargestDivergences { get; init; } = [];

    public TrainingCurves Curves { get; init; } = new();

    /// <summary>The students of other recipes on the same images.</summary>
    public IReadOnlyList<RecipeOutcome> Comparisons { get; init; } = [];

    /// <summary>Whether this is the same run: the same scores of the same images in the same order.</summary>
    public bool IsSameAs(RunResult other) =>
        Images.AsSpan().SequenceEqual(other.Images) && Sums(this).SequenceEqual(Sums(other));

    private static double?[] Sums(RunResult run) =>
    [
        run.DivergenceSum, run.Teacher?.CrossEntropySum, run.Student.CrossEntropySum, run.HardLabels?.CrossEntropySum,
        run.PretrainedHardLabels?.CrossEntropySum,
    ];

    /// <summary>Why this is not a valid run with that number of classes; null if it is.</summary>
    public string? FindError(int classes)
    {
        if (Student is null || Images is null || Diagnostics is null || ClassesWithoutPolarity is null)
            return "counts of a run are missing";
        ModelTally[] tallies = [.. new[] { Teacher, Student, HardLabels, PretrainedHardLabels }.OfType<ModelTally>()];
        return tallies.Any(tally => tally.Tests.Length != classes || tally.Correct.Length != classes)
            ? $"a run does not have {classes} classes"
            : tallies.Any(tally => tally.Confusion.Length != classes
                || tally.Confusion.Any(row => row?.Length != classes))
                ? $"a confusion matrix does not have {classes} classes"
            : tallies.Any(tally => tally.Kept?.Length != ModelTally.Thresholds.Length
                || tally.KeptCorrect?.Length != ModelTally.Thresholds.Length)
                ? "the counts per confidence are missing"
            : LargestLosses is null || LargestDivergences is null || Curves is null
                || LargestLosses.Concat(LargestDivergences).Any(image => image is null || image.IsInvalid(classes))
                    ? "the scores of an image are missing"
            : ImageOutcome.Count(Images) == 0 ? "a run has no images"
            : tallies.Any(tally => tally.Tests.Sum() != ImageOutcome.Count(Images))
                ? "the counts of a run do not match its images"
            : Comparisons is null || Comparisons.Any(other => other?.Recipe is null || other.Correct is null
                || other.Correct.Length != ImageOutcome.Count(Images))
                ? "the outcomes of another recipe do not match the images of a run"
            : null;
    }
}

/// <summary>The student of another recipe in a run.</summary>
/// <param name="Recipe">The name of the recipe.</param>
/// <param name="Correct">For each test of the run, in the same order: 1 if the student is correct, otherwise 0.</param>
internal sealed record RecipeOutcome(string Recipe, byte[] Correct);

/// <summary>The epochs of each network's training; empty if they are unknown.</summary>
internal sealed record TrainingCurves
{
    public IReadOnlyList<EpochResult> Teacher { get; init; } = [];
    public IReadOnlyList<EpochResult> Student { get; init; } = [];
    public IReadOnlyList<EpochResult> HardLabelStudent { get; init; } = [];
    public IReadOnlyList<EpochResult> PretrainedHardLabelStudent { get; init; } = [];
}
