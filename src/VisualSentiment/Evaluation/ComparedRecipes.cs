using System.Buffers;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Evaluation;

/// <summary>The students of two reports whose runs tested the same images, run by run.</summary>
internal static class ComparedRecipes
{
    /// <summary>The first student less the second, paired over images and runs.</summary>
    /// <exception cref="ArgumentException">The reports have other numbers of runs, or a run tested other images.</exception>
    public static PairedDifference Difference(IReadOnlyList<RunResult> first, IReadOnlyList<RunResult> second)
    {
        if (first.Count != second.Count)
            throw new ArgumentException($"One report is of {first.Count} runs, the other of {second.Count}; compare runs of the same folds and seeds");
        return PairedDifference.Of([.. first.Select((run, i) => run with { Images = Pair(i + 1, run, second[i]) })], CorrectModels.Student, CorrectModels.HardLabels);
    }

    // The second student takes the place of the one on hard labels.
    private static byte[] Pair(int number, RunResult first, RunResult second)
    {
        ImageOutcome[] ours = InOrder(first), theirs = InOrder(second);
        if (!ours.Select(test => test.Image).SequenceEqual(theirs.Select(test => test.Image)))
            throw new ArgumentException($"Run {number} of one report tested other images than run {number} of the other; compare runs of the same folds and seeds");
        var packed = new ArrayBufferWriter<byte>();
        foreach (var (our, their) in ours.Zip(theirs))
        {
            CorrectModels right = (our.IsCorrect(CorrectModels.Student) == 1 ? CorrectModels.Student : 0) | (their.IsCorrect(CorrectModels.Student) == 1 ? CorrectModels.HardLabels : 0);
            new ImageOutcome(our.Image, right).Write(packed);
        }
        return packed.WrittenSpan.ToArray();
    }

    private static ImageOutcome[] InOrder(RunResult run) => [.. ImageOutcome.Read(run.Images).OrderBy(test => test.Image)];
}
