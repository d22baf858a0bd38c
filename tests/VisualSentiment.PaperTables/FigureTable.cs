namespace PaperTables;

/// <summary>A table to be shown, in a terminal or in Markdown.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Columns">The headings.</param>
/// <param name="Rows">The cells, a row each.</param>
/// <param name="TextColumns">How many columns from the left hold words; the others hold figures.</param>
internal sealed record FigureTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<string[]> Rows, int TextColumns = 1);
