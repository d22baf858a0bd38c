namespace VisualSentiment.Benchmarks.Competitors;

/// <summary>One of those that are compared. Made, and warmed up, in a process of its own; then asked to run, repeat by repeat.</summary>
internal interface ICompetitor : IDisposable
{
    Measurement Run();
}
