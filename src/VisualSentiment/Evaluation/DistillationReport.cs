using System.Text.Json.Serialization;
using VisualSentiment.Data.Columns;
using VisualSentiment.Evaluation.Statistics;
using VisualSentiment.Evaluation;
using VisualSentiment.Onnx.Validation;

namespace VisualSentiment;

/// <summary>
/// What a distillation brought: teacher, distilled student and the same student on hard labels, tested on the same images.
/// <c>ml.MulticlassClassification.EvaluateDistillation</c> makes one; <see cref="Combine"/> puts those of several seeds and
/// folds together. It never changes, and System.Text.Json writes and reads it.
/// </summary>
/// <remarks>
/// Besides its figures a report keeps nine bytes for every test of an image: which one it was, and which models were right.
/// That is what the paired intervals of combined reports are made of. Of a few images it keeps path and scores, too, as
/// <see cref="DistillationEvaluationOptions.MaxExamples"/> says. When a report is read from JSON, its figures are computed
/// again from what was counted.
/// </remarks>
public sealed class DistillationReport
{
    // A bootstrap takes long for many images, so that reports which are only read or combined do without.
    private readonly Lazy<PairedDifference?> _gain;
    private readonly Lazy<PairedDifference?> _gap;
    private readonly Lazy<IReadOnlyList<DistillationFinding>> _findings;

    /// <param name="classes">The names of the C classes, in the order of the scores.</param>
    /// <param name="outcomes">What was counted in each run.</param>
    /// <exception cref="ArgumentException">There are no runs, or not of these classes and of the same models.</exception>
    [JsonConstructor]
    internal DistillationReport(IReadOnlyList<string> classes, IReadOnlyList<RunResult> outcomes)
    {
        Classes = classes;
        Outcomes = outcomes;
        ThrowIfNotComplete(classes, outcomes);
        var diagnostics = TrainingDiagnostics.Average([.. outcomes.Select(run => run.Diagnostics)]);
        Runs = outcomes.Count;
        Tests = outcomes.Sum(run => ImageOutcome.Count(run.Images));
        Images = outcomes.SelectMany(run => ImageOutcome.Read(run.Images)).Select(test => test.Image).Distinct().Count();
        Student = Evaluate(run => run.Student)!;
        Teacher = Evaluate(run => run.Teacher);
        HardLabelStudent = Evaluate(run => run.HardLabels);
        if (Teacher is not null)
        {
            Agreement = (double)outcomes.Sum(run => run.Agreeing) / Tests;
            TeacherDivergence = outcomes.Sum(run => run.DivergenceSum) / Tests;
        }
        var unknown = outcomes.SelectMany(run => run.ClassesWithoutPolarity).ToHashSet(StringComparer.Ordinal);
        ClassesWithoutPolarity = [.. classes.Where(unknown.Contains)];
        Temperature = diagnostics.Temperature;
        _gain = new(() => HardLabelStudent is null ? null : PairedDifference.Of(outcomes, CorrectModels.Student, CorrectModels.HardLabels));
        _gap = new(() => HardLabelStudent is null || Teacher is null ? null
            : PairedDifference.Of(outcomes, CorrectModels.Teacher, CorrectModels.HardLabels));
        _findings = new(() => Evaluation.Findings.Find(_gain.Value, _gap.Value, Teacher?.Accuracy.Value, diagnostics));
        LargestLosses = LargestImages.Merge([.. outcomes.Select(run => run.LargestLosses)], image => image.Loss);
        LargestDivergences = LargestImages.Merge([.. outcomes.Select(run => run.LargestDivergences)], image => image.Divergence ?? 0);
    }

    /// <summary>The names of the classes, in the order of the models' scores.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>How many runs (seeds, folds) the report is about.</summary>
    public int Runs { get; }

    /// <summary>How many different images were tested.</summary>
    public int Images { get; }

    /// <summary>How many tests there were; more than images where several runs tested the same ones.</summary>
    public int Tests { get; }

    /// <summary>The distilled student.</summary>
    public ModelEvaluation Student { get; }

    /// <summary>The teacher; null where none was given.</summary>
    public ModelEvaluation? Teacher { get; }

    /// <summary>The same student, trained on the labels alone; null where none was given.</summary>
    public ModelEvaluation? HardLabelStudent { get; }

    /// <summary>The share (0 to 1) of tests in which student and teacher have the same winner; null without a teacher.</summary>
    public double? Agreement { get; }

    /// <summary>The mean of KL(teacher || student) at T = 1, in nats; null without a teacher.</summary>
    public double? TeacherDivergence { get; }

    /// <summary>
    /// The accuracy of the student less that of the student on hard labels (-1 to 1), paired over images and runs; null
    /// without the latter.
    /// </summary>
    /// <remarks>
    /// The interval is a bootstrap's (4,000 draws, the same every time, percentiles 2.5 and 97.5). A draw resamples
    /// images, each with its tests in all runs (Efron and Tibshirani 1993; for clusters, Field and Welsh 2007). With
    /// several runs, a deviation is added for what runs differ beyond what their images explain (a moment estimate, as
    /// in DerSimonian and Laird 1986). Few runs measure that difference badly, which the interval includes: for runs
    /// that differ strongly it is that of Student's t with the number of runs less one as degrees of freedom. Take
    /// three seeds or more; two give very wide intervals.
    /// </remarks>
    public IntervalEstimate? GainOverHardLabels => _gain.Value?.Difference;

    /// <summary>The gains of the runs; null for a single run.</summary>
    public RunSpread? GainOverRuns => _gain.Value?.OverRuns;

    /// <summary>The accuracy of the teacher less that of the student on hard labels, with an interval as above; null without either.</summary>
    public IntervalEstimate? TeacherGap => _gap.Value?.Difference;

    /// <summary>
    /// The share of the gap between hard labels and teacher that distillation closed: (student - hard) / (teacher - hard).
    /// Null where that cannot be told; <see cref="GapRecoveredMissing"/> says why.
    /// </summary>
    public double? GapRecovered => _gap.Value is { IsGain: true } gap ? _gain.Value!.Difference.Value / gap.Difference.Value : null;

    /// <summary>Why there is no <see cref="GapRecovered"/>; null where there is.</summary>
    public string? GapRecoveredMissing => Teacher is null ? "there is no teacher to compare with"
        : _gap.Value is not { } gap ? "there is no student on hard labels to compare with"
        : gap.IsGain ? null : $"the gap is not larger than its noise: teacher less hard labels is {gap.Describe()}";

    /// <summary>
    /// Empty where distillation is shown to beat hard labels. Otherwise that it did not, and the likely causes; without a
    /// student on hard labels, what would spoil a distillation.
    /// </summary>
    public IReadOnlyList<DistillationFinding> Findings => _findings.Value;

    /// <summary>
    /// The classes that <see cref="ModelEvaluation.PolarityAccuracy"/> leaves out, their images and their
    /// probabilities, because their polarity is not known; <see cref="DistillationEvaluationOptions.Polarities"/> gives
    /// them one.
    /// </summary>
    public IReadOnlyList<string> ClassesWithoutPolarity { get; }

    /// <summary>The temperature of the distillation, of several runs the mean; null where it is not known.</summary>
    public double? Temperature { get; }

    /// <summary>
    /// The images with the largest loss (cross-entropy) of the student, the largest first; of several runs as many as one run
    /// kept, each image once.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<TestedImage> LargestLosses { get; }

    /// <summary>The images on which the student is furthest from the teacher, by KL(teacher || student), likewise; empty without a teacher.</summary>
    [JsonIgnore]
    public IReadOnlyList<TestedImage> LargestDivergences { get; }

    /// <summary>What was counted in each run.</summary>
    [JsonInclude]
    internal IReadOnlyList<RunResult> Outcomes { get; }

    /// <summary>
    /// One report of several runs: folds, seeds, or both. Pairs stay together, and an image that several runs tested is one
    /// image.
    /// </summary>
    /// <param name="runs">The reports of the runs; they may be combined ones themselves.</param>
    /// <exception cref="ArgumentException">
    /// There are none, or they differ in classes or in which models they are about; or a run is given twice, which is
    /// one with the same scores of the same images, also if it was read from a file.
    /// </exception>
    public static DistillationReport Combine(IEnumerable<DistillationReport> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        DistillationReport[] reports = [.. runs];
        if (reports.Length == 0)
            throw new ArgumentException("There are no reports to combine", nameof(runs));
        IReadOnlyList<string> classes = reports[0].Classes;
        if (Array.Find(reports, report => !report.Classes.SequenceEqual(classes, StringComparer.Ordinal)) is { } other)
            throw new ArgumentException($"The reports are about other classes, or another order: {string.Join(", ", classes)} and {string.Join(", ", other.Classes)}", nameof(runs));
        (string Name, RunResult Run)[] named = [.. reports.SelectMany((report, i) => report.Outcomes.Select(
            (run, j) => (report.Runs == 1 ? $"report {i + 1}" : $"run {j + 1} of report {i + 1}", run)))];
        for (int i = 0; i < named.Length; i++)
            for (int j = 0; j < i; j++)
                if (named[i].Run.IsSameAs(named[j].Run))
                    throw new ArgumentException(
                        $"A run is given twice: {named[j].Name} and {named[i].Name} (counted from 1) hold the same scores "
                        + "of the same images. Combine each run once", nameof(runs));
        return new DistillationReport(classes, [.. named.Select(run => run.Run)]);
    }

    /// <summary>
    /// The accuracy of this report's student less that of another's (-1 to 1), paired over images and runs: what a change of the
    /// recipe is worth. The interval is made as that of <see cref="GainOverHardLabels"/>.
    /// </summary>
    /// <param name="other">A report whose runs tested the same images in the same order: the same folds and seeds.</param>
    /// <exception cref="ArgumentException">The reports have other classes or numbers of runs, or a run tested other images.</exception>
    public IntervalEstimate GainOver(DistillationReport other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!Classes.SequenceEqual(other.Classes, StringComparer.Ordinal))
            throw new ArgumentException($"The reports are about other classes, or another order: {string.Join(", ", Classes)} and {string.Join(", ", other.Classes)}", nameof(other));
        return ComparedRecipes.Difference(Outcomes, other.Outcomes).Difference;
    }

    /// <summary>The report as Markdown: a table, and what follows from it.</summary>
    public string ToMarkdown() => ReportMarkdown.Write(this);

    /// <summary>The accuracies and the number of images in one line. <see cref="ToMarkdown"/> gives the whole report.</summary>
    public override string ToString() => $"Accuracy on {Format.Count(Images)} test images: student {Format.Percent(Student.Accuracy.Value)}"
        + (Teacher is null ? "" : $", teacher {Format.Percent(Teacher.Accuracy.Value)}")
        + (HardLabelStudent is null ? "" : $", hard labels {Format.Percent(HardLabelStudent.Accuracy.Value)}");

    private static void ThrowIfNotComplete(IReadOnlyList<string> classes, IReadOnlyList<RunResult> outcomes)
    {
        if (classes is null || outcomes is not { Count: > 0 })
            throw new ArgumentException("A report has classes and at least one run");
        if (outcomes.Select(run => run.FindError(classes.Count)).FirstOrDefault(error => error is not null) is { } error)
            throw new ArgumentException($"The report is damaged: {error}");
        if (outcomes.DistinctBy(run => (run.Teacher is null, run.HardLabels is null)).Count() > 1)
            throw new ArgumentException("Some runs have a teacher or a student on hard labels and others have none; give all runs the same models");
    }

    private ModelEvaluation? Evaluate(Func<RunResult, ModelTally?> model)
    {
        ModelTally[] tallies = [.. Outcomes.Select(model).OfType<ModelTally>()];
        return tallies.Length == 0 ? null : ModelEvaluation.Of(tallies, Classes, Images);
    }
}
