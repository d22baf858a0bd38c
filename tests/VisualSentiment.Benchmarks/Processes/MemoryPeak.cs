namespace VisualSentiment.Benchmarks.Processes;

/// <summary>The most memory that a process had in RAM, in bytes; 0 where the system does not tell.</summary>
/// <param name="Anonymous">Of its own: heaps and stacks, without mapped files.</param>
/// <param name="Resident">With what it had mapped from files, which the system takes back when it needs memory.</param>
internal readonly record struct MemoryPeak(long Anonymous, long Resident);
