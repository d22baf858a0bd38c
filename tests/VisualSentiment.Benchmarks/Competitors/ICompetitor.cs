namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>One side of a comparison. It is created and warmed up in a process of its own, then run once per repeat.</summary>
internal interface ICompetitor : IDisposable
{
    Measurement Run();
}
