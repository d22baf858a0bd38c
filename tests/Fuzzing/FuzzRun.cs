using VisualSentiment.Data.Columns;

namespace VisualSentiment.Fuzzing;

/// <summary>What one file led to.</summary>
/// <param name="Finding">What should not have happened, in a line; null where all is well.</param>
/// <param name="Group">The kind of the finding, so that equal ones are counted together.</param>
/// <param name="Processor">The processor time that the file took.</param>
internal readonly record struct FuzzOutcome(string? Finding, string? Group, TimeSpan Processor);

/// <summary>Gives one file to the library and compares what happens with what is documented.</summary>
internal static class FuzzRun
{
    public static readonly TimeSpan MaxProcessor = TimeSpan.FromSeconds(3);

    public static FuzzOutcome Run(FuzzFormat format, byte[] input)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        Exception? exception = null;
        try
        {
            format.Read(input);
        }
        catch (Exception e)
        {
            exception = e;
        }
        TimeSpan processor = Environment.CpuUsage.TotalTime - before;
        if (exception is not null && exception.GetType() != format.Documented)
        {
            string place = Place(exception);
            return new($"undocumented {exception.GetType()}: {exception.Message.ReplaceLineEndings(" ")} {place}",
                $"{exception.GetType().Name} {Method(place)}", processor);
        }
        return processor <= MaxProcessor ? new(null, null, processor)
            : new(FormattableString.Invariant($"{processor.TotalSeconds:0.0} s of processor time"), "slow", processor);
    }

    // The innermost frame of the library, or else of anything.
    private static string Place(Exception exception)
    {
        string[] frames = [.. (exception.StackTrace ?? "").Split('\n').Select(line => line.Trim())];
        return Array.Find(frames, frame => frame.Contains("VisualSentiment.", StringComparison.Ordinal)
            && !frame.Contains(".Fuzzing.", StringComparison.Ordinal)) ?? frames[0];
    }

    private static string Method(string frame) =>
        frame.Split(" in ")[0].Split('(')[0].Replace("at ", "", StringComparison.Ordinal);
}
