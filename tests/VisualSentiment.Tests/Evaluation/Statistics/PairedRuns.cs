using System.Buffers;
using VisualSentiment.Evaluation.Statistics;

namespace VisualSentiment.Tests.Evaluation.Statistics;

/// <summary>Runs made of differences: +1 where the student alone is right, -1 where its twin on hard labels alone is.</summary>
internal static class PairedRuns
{
    public static RunResult Run(params int[] differences) => Run(differences.Select((difference, i) => ((ulong)i, difference)));

    public static RunResult Run(IEnumerable<(ulong Image, int Difference)> tests)
    {
        var packed = new ArrayBufferWriter<byte>();
        foreach (var (image, difference) in tests)
            new ImageOutcome(image, difference switch { > 0 => CorrectModels.Student, < 0 => CorrectModels.HardLabels, _ => CorrectModels.None }).Write(packed);
        return new RunResult { Images = packed.WrittenSpan.ToArray(), Student = ModelTally.Empty(2) };
    }

    public static PairedDifference Gain(params RunResult[] runs) => PairedDifference.Of(runs, CorrectModels.Student, CorrectModels.HardLabels);

    /// <summary>Differences of which so many are +1 and -1; the others are 0.</summary>
    public static int[] Differences(int count, int better, int worse) =>
        [.. Enumerable.Range(0, count).Select(i => i < better ? 1 : i < better + worse ? -1 : 0)];
}
