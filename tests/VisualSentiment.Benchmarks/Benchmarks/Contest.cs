using VisualSentiment.Benchmarks.Competitors;
using VisualSentiment.Benchmarks.Processes;
using VisualSentiment.Benchmarks.Results;

namespace VisualSentiment.Benchmarks.Benchmarks;

/// <summary>
/// Competitors that run in turn: every repeat runs each of them once and starts with a different one. Ratios are computed per repeat,
/// so that a temporary slowdown of the machine affects both sides.
/// </summary>
internal sealed class Contest(Workbench bench) : IDisposable
{
    private readonly List<(string Key, Worker Worker, List<Measurement> Measurements)> _competitors = [];

    public void Add(string key, string competitor, CompetitorSettings settings) =>
        _competitors.Add((key, bench.Start(competitor, settings), []));

    public void Run(int repeats)
    {
        foreach (var (key, worker, _) in _competitors)
        {
            bench.Log($"  warming up: {key}");
            worker.WaitUntilReady();
        }
        for (int repeat = 0; repeat < repeats; repeat++)
            for (int i = 0; i < _competitors.Count; i++)
            {
                var (key, worker, measurements) = _competitors[(repeat + i) % _competitors.Count];
                measurements.Add(worker.Run());
                bench.Log($"  repeat {repeat + 1} of {repeats}: {key}, {measurements[^1].Seconds:0.0} s");
            }
    }

    public IReadOnlyList<Measurement> this[string key] => _competitors.Single(c => c.Key == key).Measurements;

    /// <summary>A figure of a competitor, with its spread over the repeats.</summary>
    public Quantity Of(string key, Func<Measurement, double> figure, Unit unit) => Quantity.Of(this[key].Select(figure), unit);

    /// <summary>A figure of one competitor divided by the same figure of another, per repeat.</summary>
    public Quantity Ratio(string key, string peer, Func<Measurement, double> figure, Unit unit = Unit.Times) =>
        Quantity.Of(this[key].Zip(this[peer], (a, b) => figure(a) / figure(b)), unit);

    public void Dispose()
    {
        foreach (var (_, worker, _) in _competitors)
            worker.Dispose();
    }
}
