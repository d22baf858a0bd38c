namespace VisualSentiment.Benchmarks.Fuzzing;

/// <summary>The settings of one run of the fuzzer.</summary>
/// <param name="Formats">The names of the formats.</param>
/// <param name="Mutations">The number of mutations per format.</param>
/// <param name="Seed">The seed of the mutations.</param>
/// <param name="Output">The folder of the state, the seed files and the findings.</param>
internal sealed record FuzzSettings(IReadOnlyList<string> Formats, long Mutations, int Seed, string Output);
