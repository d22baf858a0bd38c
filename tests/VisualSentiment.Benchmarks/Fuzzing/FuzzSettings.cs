namespace VisualSentiment.Benchmarks.Fuzzing;

/// <summary>What one run of the fuzzer is to do.</summary>
/// <param name="Formats">The names of the formats.</param>
/// <param name="Mutations">How many mutations of each format.</param>
/// <param name="Seed">Decides the mutations.</param>
/// <param name="Output">The folder of the state, the seed files and the findings.</param>
internal sealed record FuzzSettings(IReadOnlyList<string> Formats, long Mutations, int Seed, string Output);
