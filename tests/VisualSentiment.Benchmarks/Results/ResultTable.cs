using System.Globalization;
using Spectre.Console;

namespace VisualSentiment.Benchmarks.Results;

/// <summary>Prints the table of a run.</summary>
internal static class ResultTable
{
    private const int WidthOfFile = 200;

    public static void Show(Report report)
    {
        // Without a terminal, the width is only the default of 80.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = Math.Max(WidthOfFile, AnsiConsole.Profile.Width);
        var table = new Table().Border(TableBorder.Rounded).AddColumn("").AddColumn("ours", c => c.RightAligned()).AddColumn("compared with")
            .AddColumn("ratio", c => c.RightAligned());
        foreach (BenchmarkResult benchmark in report.Benchmarks)
        {
            table.AddRow(new Markup($"[bold]{benchmark.Title.EscapeMarkup()}[/]"));
            if (benchmark.Failure is { } failure)
                table.AddRow(new Markup($"[red]  failed: {failure.EscapeMarkup()}[/]"));
            foreach (ResultRow row in benchmark.Rows)
                table.AddRow(new Text($"  {row.What}"), new Text(row.Ours.ToStringWithSpread()),
                    new Text(row.PeerName is null ? "" : $"{row.PeerName}{(row.Peer is null ? "" : $": {row.Peer}")}"),
                    new Text(row.Ratio?.ToStringWithSpread() ?? ""));
        }
        AnsiConsole.WriteLine();
        AnsiConsole.Write(table);
        foreach (string note in report.Benchmarks.SelectMany(b => b.Notes))
            Console.WriteLine(note);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Seconds / 60:0.0} minutes."));
    }
}
