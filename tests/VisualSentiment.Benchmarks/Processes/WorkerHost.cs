using System.Text.Json;
using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Imaging;

namespace VisualSentiment.Benchmarks.Processes;

/// <summary>The inner side of a <see cref="Worker"/>: makes one competitor and runs it as often as it is asked to.</summary>
internal static class WorkerHost
{
    /// <summary>The argument that makes a process a worker; the competitor's name and settings follow.</summary>
    public const string Flag = "--competitor";

    /// <summary>Leads the lines that are meant for the other side; native libraries may print others.</summary>
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
            var given = JsonSerializer.Deserialize<CompetitorSettings>(settings)!;
            if (given.WithoutTurboJpeg)
                AppContext.SetSwitch(TurboJpeg.Switch, false);
            using ICompetitor made = CompetitorList.Create(competitor, given);
            Answer(Ready);
            while (Console.ReadLine() is not null)
                Answer(JsonSerializer.Serialize(made.Run()));
            return 0;
        }
        // Whatever it is, the other side has to hear of it: it shows in the table.
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
