namespace VisualSentiment.Data;

/// <summary>A row of a folder of images without labels.</summary>
/// <param name="ImagePath">The full path.</param>
internal sealed record UnlabeledImage(string ImagePath);
