namespace VisualSentiment.Training.Gradients;

/// <summary>The part of a training step that goes through the network at once.</summary>
/// <param name="Views">What is looked at.</param>
/// <param name="Others">What is laid over each where <paramref name="Share"/> is below 1.</param>
/// <param name="Share">How much of a mixed image is the first of the two.</param>
internal readonly record struct MicroBatch(ImageView[] Views, ImageView[] Others, double Share)
{
    /// <summary>Images as they are.</summary>
    public static MicroBatch Of(params IEnumerable<int> images) => new([.. images.Select(image => new ImageView(image, 0))], [], 1);

    /// <summary>A few of the views.</summary>
    public MicroBatch Slice(int from, int count) => this with
    {
        Views = Views[from..(from + count)],
        Others = Others.Length == 0 ? [] : Others[from..(from + count)],
    };
}
