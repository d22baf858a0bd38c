namespace VisualSentiment.Fuzzing;

/// <summary>The result of reading one file.</summary>
/// <param name="Finding">The undocumented behavior, in one line; null for none.</param>
/// <param name="Group">The kind of the finding, by which findings are counted.</param>
/// <param name="Processor">The processor time.</param>
internal readonly record struct FuzzOutcome(string? Finding, string? Group, TimeSpan Processor);

/// <summary>Reads one file with the library and compares the behavior with the documented one.</summary>
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

    // The innermost frame of the library, or else the innermost frame.
    private static string Place(Exception exception)
    {
        string[] frames = [.. (exception.StackTrace ?? "").Split('\n').Select(line => line.Trim())];
        return Array.Find(frames, frame => frame.Contains("VisualSentiment.", StringComparison.Ordinal)
            && !frame.Contains(".Fuzzing.", StringComparison.Ordinal)) ?? frames[0];
    }

    private static string Method(string frame) =>
        frame.Split(" in ")[0].Split('(')[0].Replace("at ", "", StringComparison.Ordinal);
}
