using System.Text.Json;
using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Imaging;

namespace VisualSentiment.Benchmarks.Processes;

/// <summary>The process of a <see cref="Worker"/>: creates one competitor and runs it once per request.</summary>
internal static class WorkerHost
{
    /// <summary>The argument that starts the program as a worker; the competitor's name and settings follow.</summary>
    public const string Flag = "--competitor";

    /// <summary>The start of the lines for the parent process; native libraries may print others.</summary>
    public const string Mark = "@@ ";

    public const string Ready = "ready";
    public const string Failed = "failed ";

    public static int Serve(string competitor, string settings)
    {
        TextWriter answers = Console.Out;
        Console.SetOut(Console.Error);
        void Answer(string text)
        {
            answers.WriteLine(Mark + text);
            answers.Flush();
        }

        try
        {
            var parsed = JsonSerializer.Deserialize<CompetitorSettings>(settings)!;
            if (parsed.WithoutTurboJpeg)
                AppContext.SetSwitch(TurboJpeg.Switch, false);
            using ICompetitor created = CompetitorList.Create(competitor, parsed);
            Answer(Ready);
            while (Console.ReadLine() is not null)
                Answer(JsonSerializer.Serialize(created.Run()));
            return 0;
        }
        // The parent process shows every exception in the table.
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine(e);
            Answer(Failed + e.Message.ReplaceLineEndings(" "));
            return 1;
        }
    }
}
