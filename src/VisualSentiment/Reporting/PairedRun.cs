namespace VisualSentiment.Reporting;

/// <summary>One run's differences of two models' outcomes: +1 where only the first is right, -1 where only the second is.</summary>
/// <param name="Pictures">The position of each test's picture among all pictures.</param>
/// <param name="Differences">The difference of each test.</param>
internal sealed record PairedRun(int[] Pictures, int[] Differences)
{
    public int Count => Pictures.Length;

    public double Mean { get; } = Differences.Average();
}
