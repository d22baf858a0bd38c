namespace VisualSentiment.Networks.Pretrained;

/// <summary>Published weights that can be downloaded.</summary>
/// <param name="Name">The name its publisher gave it; also the name of the cached file.</param>
/// <param name="Path">Where it lies, relative to the host.</param>
internal sealed record PretrainedModel(string Name, string Path);
