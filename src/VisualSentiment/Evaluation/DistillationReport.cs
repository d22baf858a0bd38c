using System.Buffers.Binary;
using System.Collections.ObjectModel;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using VisualSentiment.Evaluation;
using VisualSentiment.Evaluation.Diagnostics;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment;

/// <summary>
/// The evaluation of a distillation: the metrics of the teacher, the distilled student and the same student trained on
/// hard labels, on the same test images. <c>ml.MulticlassClassification.EvaluateDistillation</c> creates it, and <see
/// cref="Combine"/> combines the reports of several seeds and folds. It is immutable and serializable with
/// <c>System.Text.Json</c>.
/// </summary>
/// <remarks>
/// Besides its metrics, a report contains nine bytes per test for the paired intervals of combined reports: the image,
/// and which models were correct. For a few images it also contains path and scores; see
/// <see cref="DistillationEvaluationOptions.MaxExamples"/>. Metrics are computed again when a report is read from JSON.
/// </remarks>
public sealed class DistillationReport
{
    // Lazy, because a bootstrap over many images takes long, and not every report needs it.
    private readonly Lazy<PairedDifference?> _gain;
    private readonly Lazy<PairedDifference?> _pretrainedGain;
    private readonly Lazy<PairedDifference?> _gap;
    private readonly Lazy<IReadOnlyList<DistillationFinding>> _findings;
    private readonly Lazy<IReadOnlyList<RecipeComparison>> _comparisons;

    /// <param name="classes">The names of the C classes, in the order of the scores.</param>
    /// <param name="outcomes">The counts of each run.</param>
    /// <exception cref="ArgumentException">There are no runs, or they differ in models or compared recipes.</exception>
    [JsonConstructor]
    internal DistillationReport(IReadOnlyList<string> classes, IReadOnlyList<RunResult> outcomes)
    {
        Classes = classes;
        Outcomes = outcomes;
        ThrowIfNotComplete(classes, outcomes);
        var diagnostics = TrainingDiagnostics.Average([.. outcomes.Select(run => run.Diagnostics)]);
        Runs = outcomes.Count;
        Tests = outcomes.Sum(run => ImageOutcome.Count(run.Images));
        Images = outcomes.SelectMany(run => ImageOutcome.Read(run.Images)).DistinctBy(test => test.Image).Count();
        Student = Evaluate(run => run.Student)!;
        Teacher = Evaluate(run => run.Teacher);
        HardLabelStudent = Evaluate(run => run.HardLabels);
        PretrainedHardLabelStudent = Evaluate(run => run.PretrainedHardLabels);
        if (Teacher is not null)
        {
            Agreement = (double)outcomes.Sum(run => run.Agreeing) / Tests;
            TeacherDivergence = outcomes.Sum(run => run.DivergenceSum) / Tests;
        }
        var unknown = outcomes.SelectMany(run => run.ClassesWithoutPolarity).ToHashSet(StringComparer.Ordinal);
        ClassesWithoutPolarity = [.. classes.Where(unknown.Contains)];
        Temperature = diagnostics.Temperature;
        _gain = new(() => HardLabelStudent is null ? null
            : PairedDifference.Of(outcomes, CorrectModels.Student, CorrectModels.HardLabels));
        _pretrainedGain = new(() => PretrainedHardLabelStudent is null ? null
            : PairedDifference.Of(outcomes, CorrectModels.Student, CorrectModels.PretrainedHardLabels));
        _gap = new(() => HardLabelStudent is null || Teacher is null ? null
            : PairedDifference.Of(outcomes, CorrectModels.Teacher, CorrectModels.HardLabels));
        _findings = new(() =>
            Evaluation.Diagnostics.Findings.Find(_gain.Value, _gap.Value, Teacher?.Accuracy.Value, diagnostics));
        _comparisons = new(() =>
            [.. outcomes[0].Comparisons.Select((_, recipe) => ComparedRecipes.Compare(outcomes, recipe))]);
        LargestLosses = LargestImages.Merge([.. outcomes.Select(run => run.LargestLosses)], image => image.Loss);
        LargestDivergences = LargestImages.Merge([.. outcomes.Select(run => run.LargestDivergences)],
            image => image.Divergence ?? 0);
    }

    /// <summary>Gets the names of the classes, in the order of the models' scores.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Gets the number of runs (seeds, folds).</summary>
    public int Runs { get; }

    /// <summary>Gets the number of different test images.</summary>
    public int Images { get; }

    /// <summary>Gets the number of tests: more than <see cref="Images"/> if runs tested the same images.</summary>
    public int Tests { get; }

    /// <summary>Gets the metrics of the distilled student.</summary>
    public ModelEvaluation Student { get; }

    /// <summary>Gets the metrics of the teacher; null without a teacher.</summary>
    public ModelEvaluation? Teacher { get; }

    /// <summary>Gets the metrics of the same student trained on hard labels; null without one.</summary>
    public ModelEvaluation? HardLabelStudent { get; }

    /// <summary>
    /// Gets the metrics of the same student trained on hard labels from the same pretrained weights; null without one.
    /// </summary>
    public ModelEvaluation? PretrainedHardLabelStudent { get; }

    /// <summary>
    /// Gets the share (0 to 1) of tests in which student and teacher predict the same class; null without a teacher.
    /// </summary>
    public double? Agreement { get; }

    /// <summary>Gets the mean of KL(teacher || student) at T = 1, in nats; null without a teacher.</summary>
    public double? TeacherDivergence { get; }

    /// <summary>
    /// Gets the accuracy of the student minus that of the student on hard labels (-1 to 1), paired over images and
    /// runs; null without the latter.
    /// </summary>
    /// <remarks>
    /// The interval is from a bootstrap (4,000 draws with a fixed seed, percentiles 2.5 and 97.5) that resamples
    /// images, each with its tests in all runs (Efron and Tibshirani 1993; for clusters, Field and Welsh 2007). With
    /// several runs, it includes the variance between runs that their images do not explain (a moment estimate, as in
    /// DerSimonian and Laird 1986) and the uncertainty of that variance: if runs differ strongly, the interval
    /// approaches that of Student's t with the number of runs minus one as degrees of freedom. Use at least three
    /// seeds; two give very wide intervals.
    /// </remarks>
    public IntervalEstimate? GainOverHardLabels => _gain.Value?.Difference;

    /// <summary>Gets the distribution of the gain over runs; null for a single run.</summary>
    public RunSpread? GainOverRuns => _gain.Value?.OverRuns;

    /// <summary>
    /// Gets the accuracy of the student minus that of the student on hard labels from the same pretrained weights: the
    /// gain from distillation without that from pretraining. The interval is like that of
    /// <see cref="GainOverHardLabels"/>; null without <see cref="PretrainedHardLabelStudent"/>.
    /// </summary>
    public IntervalEstimate? GainOverPretrainedHardLabels => PretrainedGain?.Difference;

    /// <summary>
    /// Gets the accuracy of the teacher minus that of the student on hard labels, with an interval like that of
    /// <see cref="GainOverHardLabels"/>; null without either.
    /// </summary>
    public IntervalEstimate? TeacherGap => _gap.Value?.Difference;

    /// <summary>
    /// Gets the share of the gap between hard labels and teacher that distillation recovered: (student - hard) /
    /// (teacher - hard). Null if it is unknown; see <see cref="GapRecoveredMissing"/>.
    /// </summary>
    public double? GapRecovered =>
        _gap.Value is { IsGain: true } gap ? _gain.Value!.Difference.Value / gap.Difference.Value : null;

    /// <summary>Gets why <see cref="GapRecovered"/> is null; null if it is not.</summary>
    public string? GapRecoveredMissing => Teacher is null ? "there is no teacher"
        : _gap.Value is not { } gap ? "there is no student on labels only"
        : gap.IsGain ? null : "the teacher is not shown to be better than labels only";

    /// <summary>
    /// Gets the findings. Empty if the gain over hard labels is significant; otherwise <see
    /// cref="DistillationFindingKind.DidNotBeatHardLabels"/> and likely causes. Without a student on hard labels,
    /// likely problems.
    /// </summary>
    public IReadOnlyList<DistillationFinding> Findings => _findings.Value;

    /// <summary>
    /// Gets the comparisons with the other recipes of <c>CrossValidateDistillation</c>, in their order; empty for other
    /// reports.
    /// </summary>
    public IReadOnlyList<RecipeComparison> Comparisons => _comparisons.Value;

    /// <summary>
    /// Gets the classes of unknown polarity, which <see cref="ModelEvaluation.PolarityAccuracy"/> excludes. Set
    /// <see cref="DistillationEvaluationOptions.Polarities"/> to include them.
    /// </summary>
    public IReadOnlyList<string> ClassesWithoutPolarity { get; }

    /// <summary>Gets the temperature of the distillation, for several runs the mean; null if it is unknown.</summary>
    public double? Temperature { get; }

    /// <summary>
    /// Gets the images with the largest loss (cross-entropy) of the student, in descending order. For several runs,
    /// their number is that of a single run, and each image appears once.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<TestedImage> LargestLosses { get; }

    /// <summary>Gets the images with the largest KL(teacher || student); empty without a teacher.</summary>
    [JsonIgnore]
    public IReadOnlyList<TestedImage> LargestDivergences { get; }

    /// <summary>Gets the name of the training recipe; null if it is unknown or differs between runs.</summary>
    public string? Recipe { get; init; }

    /// <summary>Gets the settings by name; of combined reports those that are equal in all runs.</summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get;
        init => field = value ?? ReadOnlyDictionary<string, string>.Empty;
    } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The counts of each run.</summary>
    [JsonInclude]
    internal IReadOnlyList<RunResult> Outcomes { get; }

    /// <summary>
    /// Returns an encoded image with the student's evidence for its prediction, or null if the student has no evidence
    /// maps or the image is invalid. Null for combined reports and those read from JSON.
    /// </summary>
    internal Func<byte[], byte[]?>? DrawEvidence { get; init; }

    internal PairedDifference? Gain => _gain.Value;

    internal PairedDifference? PretrainedGain => _pretrainedGain.Value;

    internal Verdict? Verdict => Gain is { } gain ? Verdict.Of(gain, "labels only") : null;

    internal Verdict? PretrainedVerdict =>
        PretrainedGain is { } gain ? Verdict.Of(gain, "labels only from the same pretrained weights") : null;

    /// <summary>The share (0 to 1) of tests with the most frequent label.</summary>
    internal double MajorityShare => (double)Student.Tally.Tests.Max() / Tests;

    /// <summary>A hash of the identities of the test images, independent of their order.</summary>
    internal string DataFingerprint()
    {
        byte[] images = [.. Outcomes.SelectMany(run => ImageOutcome.Read(run.Images)).Select(test => test.Image)
            .Distinct().Order().SelectMany(image =>
            {
                byte[] bytes = new byte[sizeof(ulong)];
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, image);
                return bytes;
            })];
        return Convert.ToHexStringLower(SHA256.HashData(images))[..12];
    }

    /// <summary>Combines the reports of several folds, seeds, or both. Results stay paired by image and run.</summary>
    /// <param name="runs">The reports of the runs, which can be combined reports.</param>
    /// <exception cref="ArgumentException">
    /// There are no reports, they differ in classes, models or compared recipes, or they contain a run (the
    /// same scores of the same images) twice.
    /// </exception>
    public static DistillationReport Combine(IEnumerable<DistillationReport> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        DistillationReport[] reports = [.. runs];
        if (reports.Length == 0)
            throw new ArgumentException("There are no reports to combine.", nameof(runs));
        foreach (DistillationReport report in reports)
            report.ThrowIfOtherClasses(reports[0], nameof(runs));
        (string Name, RunResult Run)[] named = [.. reports.SelectMany((report, i) => report.Outcomes.Select(
            (run, j) => (report.Runs == 1 ? $"report {i + 1}" : $"run {j + 1} of report {i + 1}", run)))];
        for (int i = 0; i < named.Length; i++)
            for (int j = 0; j < i; j++)
                if (named[i].Run.IsSameAs(named[j].Run))
                    throw new ArgumentException($"The reports contain a run twice: {named[j].Name} and {named[i].Name} "
                        + "(counted from 1) have the same scores of the same images. Combine each run once.",
                        nameof(runs));
        return new DistillationReport(reports[0].Classes, [.. named.Select(run => run.Run)])
        {
            Recipe = reports.All(report => report.Recipe == reports[0].Recipe) ? reports[0].Recipe : null,
            Settings = new Dictionary<string, string>(
                reports[0].Settings.Where(setting => reports.All(report => report.Settings.Contains(setting)))),
        };
    }

    /// <summary>
    /// Computes the accuracy of this report's student minus that of another's (-1 to 1), paired over images and runs,
    /// to compare two recipes. The interval is computed like that of <see cref="GainOverHardLabels"/>.
    /// </summary>
    /// <param name="other">A report with the same test images in each run: the same folds and seeds.</param>
    /// <exception cref="ArgumentException">The classes, the numbers of runs, or the images of a run differ.</exception>
    public IntervalEstimate GainOver(DistillationReport other)
    {
        ArgumentNullException.ThrowIfNull(other);
        other.ThrowIfOtherClasses(this, nameof(other));
        return ComparedRecipes.Difference(Outcomes, other.Outcomes);
    }

    /// <summary>Returns the report as Markdown: a table, comparisons and findings.</summary>
    /// <param name="student">The size and speed of the student, to compare with the teacher; null to omit it.</param>
    /// <param name="teacher">The size and speed of the teacher; null to omit it.</param>
    public string ToMarkdown(ModelCost? student = null, ModelCost? teacher = null) =>
        ReportMarkdown.Write(this, student, teacher);

    /// <summary>Returns the accuracies and the number of images in one line.</summary>
    public override string ToString() =>
        $"Accuracy on {Format.Count(Images)} test images: student {Format.Percent(Student.Accuracy.Value)}"
        + (Teacher is null ? "" : $", teacher {Format.Percent(Teacher.Accuracy.Value)}")
        + (HardLabelStudent is null ? "" : $", labels only {Format.Percent(HardLabelStudent.Accuracy.Value)}");

    private static void ThrowIfNotComplete(IReadOnlyList<string> classes, IReadOnlyList<RunResult> outcomes)
    {
        if (classes is null || outcomes is not { Count: > 0 })
            throw new ArgumentException("A report requires classes and at least one run.");
        if (outcomes.Select(run => run.FindError(classes.Count)).OfType<string>().FirstOrDefault() is { } error)
            throw new ArgumentException($"The report is damaged: {error}.");
        if (outcomes.DistinctBy(run => (run.Teacher is null, run.HardLabels is null, run.PretrainedHardLabels is null))
            .Count() > 1)
            throw new ArgumentException("Some runs have a teacher or a student on hard labels and others do not; "
                + "use the same models in all runs.");
        string[] recipes = [.. outcomes[0].Comparisons.Select(other => other.Recipe)];
        if (!outcomes.All(run => run.Comparisons.Select(other => other.Recipe).SequenceEqual(recipes)))
            throw new ArgumentException("Some runs are compared with other recipes than the first run; "
                + "use the same recipes in all runs.");
    }

    private void ThrowIfOtherClasses(DistillationReport first, string parameter)
    {
        if (!Classes.SequenceEqual(first.Classes, StringComparer.Ordinal))
            throw new ArgumentException("The reports have different classes, or a different order: "
                + $"{string.Join(", ", first.Classes)} and {string.Join(", ", Classes)}.", parameter);
    }

    private ModelEvaluation? Evaluate(Func<RunResult, ModelTally?> model)
    {
        ModelTally[] tallies = [.. Outcomes.Select(model).OfType<ModelTally>()];
        return tallies.Length == 0 ? null : ModelEvaluation.Of(tallies, Classes, Images);
    }
}
