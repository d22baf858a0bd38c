namespace VisualSentiment.Benchmarks.Images;

/// <summary>A row of labeled images, as ML.NET reads and writes it.</summary>
internal sealed class ImageRow
{
    public string ImagePath { get; set; } = "";

    public string Label { get; set; } = "";
}
