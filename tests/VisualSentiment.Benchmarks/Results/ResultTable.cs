using System.Globalization;
using Spectre.Console;
using VisualSentiment.Evaluation.Html;

namespace VisualSentiment.Benchmarks.Results;

/// <summary>The one table of a run, on the console.</summary>
internal static class ResultTable
{
    private const int WidthOfFile = 200;

    public static void Show(Report report)
    {
        // Where there is no terminal, its width of 80 is a guess.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = Math.Max(WidthOfFile, AnsiConsole.Profile.Width);
        var table = new Table().Border(TableBorder.Rounded).AddColumn("").AddColumn("ours", c => c.RightAligned()).AddColumn("compared with")
            .AddColumn("ratio", c => c.RightAligned()).AddColumn("bar").AddColumn("met");
        foreach (BenchmarkResult benchmark in report.Benchmarks)
        {
            table.AddRow(new Markup($"[bold]{benchmark.Title.EscapeMarkup()}[/]"), new Text(""), new Text(""), new Text(""), new Text(""), new Text(""));
            if (benchmark.Failure is { } failure)
                table.AddRow(new Markup($"[red]  could not be run: {failure.EscapeMarkup()}[/]"), new Text(""), new Text(""), new Text(""), new Text(""), new Text(""));
            foreach (ResultRow row in benchmark.Rows)
                table.AddRow(new Text($"  {row.What}"), new Text(row.Ours.ToStringWithSpread()),
                    new Text(row.PeerName is null ? "" : $"{row.PeerName}{(row.Peer is null ? "" : $": {row.Peer}")}"),
                    new Text(row.Ratio?.ToStringWithSpread() ?? ""), new Text(row.BarText),
                    new Markup(row.IsMet switch { true => "[green]yes[/]", false => "[red]no[/]", null => "" }));
        }
        AnsiConsole.WriteLine();
        AnsiConsole.Write(table);
        foreach (string note in report.Benchmarks.SelectMany(b => b.Notes))
            Console.WriteLine(note);
        bool[] judged = [.. report.Rows.Select(r => r.IsMet).OfType<bool>()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{judged.Count(met => met)} of {judged.Length} bars are met; {report.Seconds / 60:0.0} minutes."));
    }
}
