using System.Diagnostics;
using System.Globalization;

namespace VisualSentiment.Tests.Support;

/// <summary>How <c>dotnet</c> is started, with a limit on its memory or without.</summary>
internal static class LimitedProcess
{
    /// <param name="maxMegabytes">
    /// The memory that only this process has and may write, in MB (RLIMIT_DATA); allocations beyond it fail. The
    /// runtime plans with the same limit, as in a container. Null for no limit.
    /// </param>
    /// <param name="arguments">The arguments of <c>dotnet</c>.</param>
    public static ProcessStartInfo Create(int? maxMegabytes, string[] arguments)
    {
        ProcessStartInfo start;
        if (maxMegabytes is null)
        {
            start = new ProcessStartInfo("dotnet", arguments);
        }
        else
        {
            start = new ProcessStartInfo("bash", ["-c", $"ulimit -d {maxMegabytes << 10}; exec dotnet \"$@\"", "bash", .. arguments]);
            start.Environment["DOTNET_GCHeapHardLimit"] = ((long)maxMegabytes << 20).ToString("X", CultureInfo.InvariantCulture);
        }
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return start;
    }
}
