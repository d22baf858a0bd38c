using System.Buffers;

namespace VisualSentiment.Reporting;

/// <summary>The students of two reports whose runs tested the same pictures, run by run.</summary>
internal static class ComparedRecipes
{
    /// <summary>The first student less the second, paired over pictures and runs.</summary>
    /// <exception cref="ArgumentException">The reports have other numbers of runs, or a run tested other pictures.</exception>
    public static PairedDifference Difference(IReadOnlyList<RunOutcomes> first, IReadOnlyList<RunOutcomes> second)
    {
        if (first.Count != second.Count)
            throw new ArgumentException($"One report is of {first.Count} runs, the other of {second.Count}; compare runs of the same folds and seeds");
        return PairedDifference.Of([.. first.Select((run, i) => run with { Pictures = Pair(i + 1, run, second[i]) })], RightModels.Student, RightModels.HardLabels);
    }

    // The second student takes the place of the one on hard labels.
    private static byte[] Pair(int number, RunOutcomes first, RunOutcomes second)
    {
        PictureOutcome[] ours = InOrder(first), theirs = InOrder(second);
        if (!ours.Select(test => test.Picture).SequenceEqual(theirs.Select(test => test.Picture)))
            throw new ArgumentException($"Run {number} of one report tested other pictures than run {number} of the other; compare runs of the same folds and seeds");
        var packed = new ArrayBufferWriter<byte>();
        foreach (var (our, their) in ours.Zip(theirs))
        {
            RightModels right = (our.IsRight(RightModels.Student) == 1 ? RightModels.Student : 0) | (their.IsRight(RightModels.Student) == 1 ? RightModels.HardLabels : 0);
            new PictureOutcome(our.Picture, right).Write(packed);
        }
        return packed.WrittenSpan.ToArray();
    }

    private static PictureOutcome[] InOrder(RunOutcomes run) => [.. PictureOutcome.Read(run.Pictures).OrderBy(test => test.Picture)];
}
