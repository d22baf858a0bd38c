using System.Buffers;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation;

/// <summary>Compares the students of several recipes that were tested on the same images in the same runs.</summary>
internal static class ComparedRecipes
{
    private const string SameRuns = "compare runs of the same folds and seeds.";

    /// <summary>The accuracy of the first student minus that of the second, paired over images and runs.</summary>
    /// <exception cref="ArgumentException">The numbers of runs differ, or the images of a run.</exception>
    public static IntervalEstimate Difference(IReadOnlyList<RunResult> first, IReadOnlyList<RunResult> second)
    {
        if (first.Count != second.Count)
            throw new ArgumentException($"One report has {first.Count} runs and the other {second.Count}; {SameRuns}");
        RunResult[] runs = [.. first.Select((run, i) => Join(i + 1, run, [("", second[i])]))];
        return Compare(runs, recipe: 0).Difference;
    }

    /// <summary>Adds the outcomes of other recipes to a run.</summary>
    /// <param name="number">The number of the run in messages, from 1.</param>
    /// <param name="run">The run.</param>
    /// <param name="others">The runs of other recipes on the same images.</param>
    /// <param name="hardLabels">The one that becomes the student on hard labels; null for none.</param>
    /// <param name="pretrained">The one that becomes the pretrained student on hard labels; null for none.</param>
    /// <exception cref="ArgumentException">The images of the runs differ.</exception>
    public static RunResult Join(int number, RunResult run, IEnumerable<(string Recipe, RunResult Run)> others,
        RunResult? hardLabels = null, RunResult? pretrained = null)
    {
        ImageOutcome[] tests = InOrder(run);
        byte[] Correct(RunResult other)
        {
            ImageOutcome[] theirs = InOrder(other);
            return theirs.Select(test => test.Image).SequenceEqual(tests.Select(test => test.Image))
                ? Array.ConvertAll(theirs, test => (byte)test.IsCorrect(CorrectModels.Student))
                : throw new ArgumentException($"Run {number} has different test images in the two reports; {SameRuns}");
        }
        RunResult joined = run with
        {
            Images = Pack(tests),
            Comparisons = [.. others.Select(other => new RecipeOutcome(other.Recipe, Correct(other.Run)))],
        };
        if (hardLabels is not null)
            joined = joined with
            {
                Images = Pack(With(CorrectModels.HardLabels, joined.Images, Correct(hardLabels))),
                HardLabels = hardLabels.Student,
                Curves = joined.Curves with { HardLabelStudent = hardLabels.Curves.Student },
            };
        return pretrained is null ? joined : joined with
        {
            Images = Pack(With(CorrectModels.PretrainedHardLabels, joined.Images, Correct(pretrained))),
            PretrainedHardLabels = pretrained.Student,
            Curves = joined.Curves with { PretrainedHardLabelStudent = pretrained.Curves.Student },
        };
    }

    /// <summary>Compares the student of the runs with that of another recipe.</summary>
    /// <param name="runs">The runs, which have the same recipes in <see cref="RunResult.Comparisons"/>.</param>
    /// <param name="recipe">The index of the other recipe.</param>
    public static RecipeComparison Compare(IReadOnlyList<RunResult> runs, int recipe)
    {
        double tests = runs.Sum(run => ImageOutcome.Count(run.Images));
        int correct = runs.Sum(run => run.Comparisons[recipe].Correct.Count(test => test == 1));
        // The other student takes the place of the one on hard labels.
        var difference = PairedDifference.Of([.. runs.Select(run => run with
        {
            Images = Pack(With(CorrectModels.HardLabels, run.Images, run.Comparisons[recipe].Correct)),
        })], CorrectModels.Student, CorrectModels.HardLabels);
        return new RecipeComparison(runs[0].Comparisons[recipe].Recipe,
            WilsonInterval.Of(correct / tests, difference.Images), difference.Difference);
    }

    private static IEnumerable<ImageOutcome> With(CorrectModels model, byte[] tests, byte[] correct) =>
        ImageOutcome.Read(tests).Zip(correct, (test, right) => test with
        {
            Correct = (test.Correct & ~model) | (right == 1 ? model : 0),
        });

    private static byte[] Pack(IEnumerable<ImageOutcome> tests)
    {
        var packed = new ArrayBufferWriter<byte>();
        foreach (ImageOutcome test in tests)
            test.Write(packed);
        return packed.WrittenSpan.ToArray();
    }

    private static ImageOutcome[] InOrder(RunResult run) =>
        [.. ImageOutcome.Read(run.Images).OrderBy(test => test.Image)];
}
