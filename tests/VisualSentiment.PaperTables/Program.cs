using System.Text;
using PaperTables;
using VisualSentiment;

const int Failed = 1, BadUsage = 2, Canceled = 130;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var commandLine = CommandLine.Create(Run).Parse(args);
int exitCode = commandLine.Invoke(new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
return commandLine.Errors.Count > 0 ? BadUsage : exitCode;

static int Run(PaperSettings settings, CancellationToken cancellation)
{
    try
    {
        PaperReport report = new PaperJob(settings, cancellation).Run();
        Screen.Line();
        Screen.Line(ReportWords.Introduction(report));
        foreach (FigureTable table in ReportTables.Of(report))
        {
            Screen.Line();
            Screen.Title(table.Title);
            Screen.Table(table.Columns, table.Rows, table.TextColumns);
        }
        Screen.Line($"Written: {Path.Combine(settings.Output, "tables.md")}, tables.json, {SweepPlot.File}, {SizePlot.File}");
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine($"Stopped. The finished rows are in '{settings.Output}'. Run the same command to continue.");
        return Canceled;
    }
    // Errors that a user can fix are one message; anything else is a bug and keeps its stack trace.
    catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException or InvalidOperationException
        or VisualSentimentException)
    {
        Console.Error.WriteLine(e.Message);
        return Failed;
    }
}
