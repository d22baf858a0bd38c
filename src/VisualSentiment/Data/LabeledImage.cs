namespace VisualSentiment.Data;

/// <summary>A row of the data: the names of its members are the names of the columns.</summary>
/// <param name="ImagePath">The full path of the image.</param>
/// <param name="Label">The name of its class.</param>
internal sealed record LabeledImage(string ImagePath, string Label);
