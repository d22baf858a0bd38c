using Spectre.Console;

namespace VisualSentiment.Tool.Screens;

/// <summary>The output: with colors and boxes in a terminal, and as plain lines in files and pipes.</summary>
internal static class Screen
{
    /// <summary>Whether to write plain lines only.</summary>
    public static bool IsPlain { get; } = Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive;

    /// <summary>The width of the terminal in characters.</summary>
    public static int Width => AnsiConsole.Profile.Width;

    public static void Title(string text) => Write(text, "bold");

    public static void Line(string text = "") => Write(text, null);

    public static void Warning(string text) => Write(text, "yellow");

    /// <summary>Writes a table whose first columns are text and whose other columns are numbers.</summary>
    /// <param name="head">The titles of the columns.</param>
    /// <param name="rows">The cells.</param>
    /// <param name="textColumns">The number of text columns.</param>
    public static void Table(IReadOnlyList<string> head, IReadOnlyList<IReadOnlyList<string>> rows, int textColumns = 1)
    {
        if (IsPlain)
        {
            int[] widths =
                [.. head.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max())];
            foreach (IReadOnlyList<string> row in rows.Prepend(head))
                Console.WriteLine(string.Join("  ", row.Select((cell, column) => column < textColumns
                    ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
            return;
        }
        var table = new Table().Border(TableBorder.Rounded);
        for (int column = 0; column < head.Count; column++)
            table.AddColumn(new TableColumn(head[column].EscapeMarkup())
            {
                Alignment = column < textColumns ? Justify.Left : Justify.Right,
            });
        foreach (IReadOnlyList<string> row in rows)
            table.AddRow([.. row.Select(cell => cell.EscapeMarkup())]);
        AnsiConsole.Write(table);
    }

    private static void Write(string text, string? style)
    {
        if (IsPlain)
            Console.WriteLine(text);
        else
            AnsiConsole.MarkupLine(style is null ? text.EscapeMarkup() : $"[{style}]{text.EscapeMarkup()}[/]");
    }
}
