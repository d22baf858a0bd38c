namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>
/// Warms a process up until its heap no longer grows. The size at which the runtime collects generation 0 depends on the processor's
/// cache: some processors reach it after a thousand images, others after ten thousand.
/// </summary>
internal static class SettledHeap
{
    private const int Collections = 2;

    // Work that allocates nothing causes no collection.
    private const int MaxRounds = 20;

    /// <summary>Repeats a round of work, at least once, until generation 0 is collected twice.</summary>
    public static void Reach(Action round)
    {
        int before = GC.CollectionCount(0);
        for (int done = 0; done == 0 || (done < MaxRounds && GC.CollectionCount(0) - before < Collections); done++)
            round();
    }
}
