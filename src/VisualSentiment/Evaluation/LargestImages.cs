namespace VisualSentiment.Evaluation;

/// <summary>The images with the largest values; of equal ones the first.</summary>
/// <param name="capacity">The maximum number of images.</param>
/// <param name="figure">The value of an image.</param>
internal sealed class LargestImages(int capacity, Func<TestedImage, double> figure)
{
    // The first of the queue is the smallest, which is dropped next.
    private readonly PriorityQueue<TestedImage, (double Figure, long Earlier)> _kept = new();

    /// <summary>Whether an image with this value is among the largest so far.</summary>
    public bool Takes(double value) =>
        _kept.Count < capacity || (_kept.TryPeek(out _, out var least) && value > least.Figure);

    public void Add(TestedImage image)
    {
        if (!Takes(figure(image)))
            return;
        if (_kept.Count == capacity)
            _kept.Dequeue();
        _kept.Enqueue(image, (figure(image), -image.Row));
    }

    /// <summary>The images in descending order.</summary>
    public TestedImage[] ToArray() => [.. Order(_kept.UnorderedItems.Select(item => item.Element), figure)];

    /// <summary>Merges the lists of all runs into one of the same length, with each image once.</summary>
    public static IReadOnlyList<TestedImage> Merge(
        IReadOnlyList<IReadOnlyList<TestedImage>> runs, Func<TestedImage, double> figure) =>
        [.. Order(runs.SelectMany(run => run), figure).DistinctBy(image => image.Identity)
            .Take(runs.Max(run => run.Count))];

    private static IOrderedEnumerable<TestedImage> Order(
        IEnumerable<TestedImage> images, Func<TestedImage, double> figure) =>
        images.OrderByDescending(figure).ThenBy(image => image.Row);
}
