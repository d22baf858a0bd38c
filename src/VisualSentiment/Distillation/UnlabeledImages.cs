using System.Globalization;
using Microsoft.ML;

namespace VisualSentiment;

/// <summary>
/// Images without labels. The student is trained on the teacher's outputs for them. Test images must not be among them.
/// </summary>
/// <param name="Images">
/// The images, in a column of the name <see cref="ImageTrainingOptions.ImageColumnName"/>; see
/// <c>ml.Data.LoadUnlabeledImages</c>.
/// </param>
public sealed record UnlabeledImages(IDataView Images)
{
    // Bounds the time of an epoch if there are many unlabeled images.
    private const int MaxEpoch = 4000;

    /// <summary>
    /// Gets the fraction of an epoch's images that have no label; above 0 and below 1. Null chooses it: an epoch has all
    /// labeled images, and all unlabeled ones up to 4,000 images in total, but at least as many as labeled ones. If there
    /// are fewer, they are repeated.
    /// </summary>
    /// <value>null.</value>
    public double? Share { get; init; }

    internal double ShareOf(int labeled, int unlabeled)
    {
        if (Share is { } share)
            return share;
        int epoch = Math.Max(2 * labeled, Math.Min(labeled + unlabeled, MaxEpoch));
        return 1 - (double)labeled / epoch;
    }

    internal IEnumerable<string> FindErrors()
    {
        if (Images is null)
            yield return $"{nameof(Images)} is missing";
        if (Share is { } share && share is not (> 0 and < 1))
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{nameof(Share)} is {share}; it must be above 0 and below 1");
    }
}
