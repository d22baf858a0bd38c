namespace VisualSentiment.Networks.Pretrained;

/// <summary>What came of loading pretrained weights.</summary>
/// <param name="Loaded">How many tensors of the network were filled.</param>
/// <param name="SkippedHead">
/// The tensors of the head, of the network or the file, that were left out because the two differ; sorted.
/// </param>
internal sealed record WeightsReport(int Loaded, IReadOnlyList<string> SkippedHead);
