namespace VisualSentiment.Data;

/// <summary>A row of the data: the names of its members are the names of the columns.</summary>
/// <param name="ImagePath">The full path of the picture.</param>
/// <param name="Label">The name of its class.</param>
internal sealed record LabelledImage(string ImagePath, string Label);
