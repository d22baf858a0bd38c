namespace VisualSentiment.Benchmarks.Pictures;

/// <summary>A row of labelled pictures, as ML.NET reads and writes it.</summary>
internal sealed class ImageRow
{
    public string ImagePath { get; set; } = "";

    public string Label { get; set; } = "";
}
