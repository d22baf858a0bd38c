namespace PaperTables;

/// <summary>What a stage of a network puts out.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Layers">What it is made of, as the paper says it.</param>
/// <param name="Paper">The paper's output size.</param>
/// <param name="Here">The output size of this library's network.</param>
internal sealed record StageSize(string Name, string Layers, string Paper, string Here);
