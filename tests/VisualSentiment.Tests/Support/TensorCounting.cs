namespace VisualSentiment.Tests.Support;

/// <summary>
/// Classes that compare <c>torch.Tensor.TotalCount</c>, which counts the whole process: nothing else runs beside them.
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class TensorCounting;
