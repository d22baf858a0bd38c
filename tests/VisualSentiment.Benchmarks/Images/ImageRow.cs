namespace VisualSentiment.Benchmarks.Images;

/// <summary>A labeled image as an ML.NET row.</summary>
internal sealed class ImageRow
{
    public string ImagePath { get; set; } = "";

    public string Label { get; set; } = "";
}
