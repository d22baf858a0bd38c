namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>
/// Warms a process up until its heap no longer grows. The runtime lets the youngest generation grow to a size that it takes from the
/// processor's cache before it collects: with some processors that is filled by a thousand images, with others by ten thousand.
/// </summary>
internal static class SettledHeap
{
    private const int Collections = 2;

    // Work without garbage is never collected after.
    private const int MostRounds = 20;

    /// <summary>Repeats a round of work, at least once, until the youngest generation was collected twice.</summary>
    public static void Reach(Action round)
    {
        int before = GC.CollectionCount(0);
        for (int done = 0; done == 0 || (done < MostRounds && GC.CollectionCount(0) - before < Collections); done++)
            round();
    }
}
