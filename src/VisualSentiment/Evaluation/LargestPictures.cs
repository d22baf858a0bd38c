namespace VisualSentiment.Evaluation;

/// <summary>The pictures with the largest values; of equal ones the first.</summary>
/// <param name="capacity">How many it keeps.</param>
/// <param name="figure">The figure.</param>
internal sealed class LargestPictures(int capacity, Func<TestedPicture, double> figure)
{
    // The smallest of those that are kept is the next to go.
    private readonly PriorityQueue<TestedPicture, (double Figure, long Earlier)> _kept = new();

    /// <summary>Whether the next picture would be kept.</summary>
    public bool Takes(double value) => _kept.Count < capacity || (_kept.TryPeek(out _, out var least) && value > least.Figure);

    public void Add(TestedPicture picture)
    {
        if (!Takes(figure(picture)))
            return;
        if (_kept.Count == capacity)
            _kept.Dequeue();
        _kept.Enqueue(picture, (figure(picture), -picture.Row));
    }

    /// <summary>The largest first.</summary>
    public TestedPicture[] ToArray() => [.. Order(_kept.UnorderedItems.Select(item => item.Element), figure)];

    /// <summary>As many of all runs as one run kept, each picture once, with its largest figure.</summary>
    public static IReadOnlyList<TestedPicture> Merge(IReadOnlyList<IReadOnlyList<TestedPicture>> runs, Func<TestedPicture, double> figure) =>
    [
        .. Order(runs.SelectMany(run => run), figure)
            .DistinctBy(picture => picture.Identity)
            .Take(runs.Max(run => run.Count)),
    ];

    private static IOrderedEnumerable<TestedPicture> Order(IEnumerable<TestedPicture> pictures, Func<TestedPicture, double> figure) =>
        pictures.OrderByDescending(figure).ThenBy(picture => picture.Row);
}
