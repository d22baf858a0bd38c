using System.Text;

namespace PaperTables;

/// <summary>A report as a page of Markdown.</summary>
internal static class MarkdownPage
{
    public static string Write(PaperReport report)
    {
        var page = new StringBuilder();
        page.Append("# The paper's tables\n\n").Append(ReportWords.Introduction(report)).Append("\n\n");
        foreach (FigureTable table in ReportTables.Of(report))
            Append(page, table);
        page.Append($"![Accuracy by temperature]({SweepPlot.File})\n\n![Accuracy and parameters]({SizePlot.File})\n");
        return page.ToString();
    }

    private static void Append(StringBuilder page, FigureTable table)
    {
        page.Append("## ").Append(table.Title).Append("\n\n");
        Line(page, table.Columns);
        Line(page, table.Columns.Select((_, i) => i < table.TextColumns ? "-" : "-:"), padding: "");
        foreach (string[] row in table.Rows)
            Line(page, row);
        page.Append('\n');
    }

    private static void Line(StringBuilder page, IEnumerable<string> cells, string padding = " ")
    {
        foreach (string cell in cells)
            page.Append('|').Append(padding).Append(cell.Replace("|", "\\|", StringComparison.Ordinal)).Append(padding);
        page.Append("|\n");
    }
}
