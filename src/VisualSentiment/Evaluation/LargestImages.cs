namespace VisualSentiment.Evaluation;

/// <summary>The images with the largest values; of equal ones the first.</summary>
/// <param name="capacity">How many it keeps.</param>
/// <param name="figure">The figure.</param>
internal sealed class LargestImages(int capacity, Func<TestedImage, double> figure)
{
    // The smallest of those that are kept is the next to go.
    private readonly PriorityQueue<TestedImage, (double Figure, long Earlier)> _kept = new();

    /// <summary>Whether the next image would be kept.</summary>
    public bool Takes(double value) => _kept.Count < capacity || (_kept.TryPeek(out _, out var least) && value > least.Figure);

    public void Add(TestedImage image)
    {
        if (!Takes(figure(image)))
            return;
        if (_kept.Count == capacity)
            _kept.Dequeue();
        _kept.Enqueue(image, (figure(image), -image.Row));
    }

    /// <summary>The largest first.</summary>
    public TestedImage[] ToArray() => [.. Order(_kept.UnorderedItems.Select(item => item.Element), figure)];

    /// <summary>As many of all runs as one run kept, each image once, with its largest figure.</summary>
    public static IReadOnlyList<TestedImage> Merge(IReadOnlyList<IReadOnlyList<TestedImage>> runs, Func<TestedImage, double> figure) =>
    [
        .. Order(runs.SelectMany(run => run), figure)
            .DistinctBy(image => image.Identity)
            .Take(runs.Max(run => run.Count)),
    ];

    private static IOrderedEnumerable<TestedImage> Order(IEnumerable<TestedImage> images, Func<TestedImage, double> figure) =>
        images.OrderByDescending(figure).ThenBy(image => image.Row);
}
