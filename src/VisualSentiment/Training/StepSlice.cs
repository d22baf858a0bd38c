namespace VisualSentiment.Training;

/// <summary>The part of a training step that goes through the network at once.</summary>
/// <param name="Views">What is looked at.</param>
/// <param name="Others">What is laid over each where <paramref name="Share"/> is below 1.</param>
/// <param name="Share">How much of a mixed picture is the first of the two.</param>
internal readonly record struct StepSlice(PictureView[] Views, PictureView[] Others, double Share)
{
    /// <summary>Pictures as they are.</summary>
    public static StepSlice Of(params IEnumerable<int> pictures) => new([.. pictures.Select(picture => new PictureView(picture, 0))], [], 1);

    /// <summary>A few of the views.</summary>
    public StepSlice Slice(int from, int count) => this with
    {
        Views = Views[from..(from + count)],
        Others = Others.Length == 0 ? [] : Others[from..(from + count)],
    };
}
