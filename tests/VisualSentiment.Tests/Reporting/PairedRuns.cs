using System.Buffers;
using VisualSentiment.Reporting;

namespace VisualSentiment.Tests.Reporting;

/// <summary>Runs made of differences: +1 where the student alone is right, -1 where its twin on hard labels alone is.</summary>
internal static class PairedRuns
{
    public static RunOutcomes Run(params int[] differences) => Run(differences.Select((difference, i) => ((ulong)i, difference)));

    public static RunOutcomes Run(IEnumerable<(ulong Picture, int Difference)> tests)
    {
        var packed = new ArrayBufferWriter<byte>();
        foreach (var (picture, difference) in tests)
            new PictureOutcome(picture, difference switch { > 0 => RightModels.Student, < 0 => RightModels.HardLabels, _ => RightModels.None }).Write(packed);
        return new RunOutcomes { Pictures = packed.WrittenSpan.ToArray(), Student = ModelTally.Empty(2) };
    }

    public static PairedDifference Gain(params RunOutcomes[] runs) => PairedDifference.Of(runs, RightModels.Student, RightModels.HardLabels);

    /// <summary>Differences of which so many are +1 and -1; the others are 0.</summary>
    public static int[] Differences(int count, int better, int worse) =>
        [.. Enumerable.Range(0, count).Select(i => i < better ? 1 : i < better + worse ? -1 : 0)];
}
