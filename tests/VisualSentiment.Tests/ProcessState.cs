namespace VisualSentiment.Tests;

/// <summary>The tests that change settings of the process, or measure what it allocates: they run alone.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class ProcessState;
