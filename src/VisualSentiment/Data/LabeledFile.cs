namespace VisualSentiment.Data;

/// <summary>An image file that was found, with its class.</summary>
/// <param name="RelativePath">Its path below the folder, with '/' between segments on every system.</param>
/// <param name="FullPath">Where it is.</param>
/// <param name="Label">The name of its class.</param>
internal sealed record LabeledFile(string RelativePath, string FullPath, string Label);
