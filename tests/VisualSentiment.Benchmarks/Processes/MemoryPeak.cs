namespace VisualSentiment.Benchmarks.Processes;

/// <summary>The peak memory of a process in RAM, in bytes; 0 on systems other than Linux.</summary>
/// <param name="Anonymous">Heaps and stacks, without mapped files.</param>
/// <param name="Resident">With mapped files, whose pages the system can reclaim.</param>
internal readonly record struct MemoryPeak(long Anonymous, long Resident);
