using System.Globalization;

namespace VisualSentiment.Benchmarks.Fuzzing;

/// <summary>The memory of this process in RAM, in bytes; 0 on systems other than Linux.</summary>
internal static class MemoryProbe
{
    private const string Status = "/proc/self/status", ClearReferences = "/proc/self/clear_refs";

    public static long Resident => Read("VmRSS:");

    /// <summary>The largest <see cref="Resident"/> since the last <see cref="ResetPeak"/>.</summary>
    public static long Peak => Read("VmHWM:");

    public static void ResetPeak()
    {
        // 5 resets the peak.
        if (File.Exists(ClearReferences))
            File.WriteAllText(ClearReferences, "5");
    }

    // "VmHWM:	  123456 kB"
    private static long Read(string name)
    {
        if (!File.Exists(Status))
            return 0;
        string? line = File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0
            : 1024 * long.Parse(line[name.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture);
    }
}
