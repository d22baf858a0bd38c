using System.Buffers;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation;

/// <summary>The students of two reports whose runs tested the same images.</summary>
internal static class ComparedRecipes
{
    private const string SameRuns = "compare runs of the same folds and seeds.";

    /// <summary>The accuracy of the first student minus that of the second, paired over images and runs.</summary>
    /// <exception cref="ArgumentException">The numbers of runs differ, or the images of a run.</exception>
    public static PairedDifference Difference(IReadOnlyList<RunResult> first, IReadOnlyList<RunResult> second)
    {
        if (first.Count != second.Count)
            throw new ArgumentException($"One report has {first.Count} runs and the other {second.Count}; {SameRuns}");
        return PairedDifference.Of([.. first.Select((run, i) => run with { Images = Pair(i + 1, run, second[i]) })],
            CorrectModels.Student, CorrectModels.HardLabels);
    }

    // The second student takes the place of the one on hard labels.
    private static byte[] Pair(int number, RunResult first, RunResult second)
    {
        ImageOutcome[] ours = InOrder(first), theirs = InOrder(second);
        if (!ours.Select(test => test.Image).SequenceEqual(theirs.Select(test => test.Image)))
            throw new ArgumentException($"Run {number} has different test images in the two reports; {SameRuns}");
        var packed = new ArrayBufferWriter<byte>();
        foreach (var (our, their) in ours.Zip(theirs))
        {
            CorrectModels correct = (our.IsCorrect(CorrectModels.Student) == 1 ? CorrectModels.Student : 0)
                | (their.IsCorrect(CorrectModels.Student) == 1 ? CorrectModels.HardLabels : 0);
            new ImageOutcome(our.Image, correct).Write(packed);
        }
        return packed.WrittenSpan.ToArray();
    }

    private static ImageOutcome[] InOrder(RunResult run) =>
        [.. ImageOutcome.Read(run.Images).OrderBy(test => test.Image)];
}
