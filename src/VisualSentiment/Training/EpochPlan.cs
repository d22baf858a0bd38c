using VisualSentiment.Training.Gradients;

namespace VisualSentiment.Training;

/// <summary>
/// The order of the views in each epoch: the next view of every training image, shuffled with a share of unlabeled
/// images. The same seed gives the same plan, so that a resumed run repeats it.
/// </summary>
internal sealed class EpochPlan(
    IReadOnlyList<int> images, IReadOnlyList<int> unlabeled, double unlabeledShare, int views, int seed)
{
    private readonly Random _random = new(seed);
    private readonly int[] _order = [.. images];
    private readonly int[] _unlabeled = [.. unlabeled];
    private readonly int _unlabeledPerEpoch = unlabeled.Count == 0 ? 0
        : (int)Math.Clamp(Math.Round(images.Count * unlabeledShare / (1 - unlabeledShare)), 1, int.MaxValue);
    private int _epoch;
    private long _unlabeledUsed;

    /// <summary>Returns the views of the next epoch.</summary>
    public ImageView[] Next()
    {
        _random.Shuffle(_order);
        int view = _epoch++ % views;
        if (_unlabeledPerEpoch == 0)
            return [.. _order.Select(image => new ImageView(image, view))];
        ImageView[] all = [.. _order.Select(image => new ImageView(image, view)), .. NextUnlabeled()];
        _random.Shuffle(all);
        return all;
    }

    // Every unlabeled image is used once before any is used again, then in a new order and with the next view.
    private IEnumerable<ImageView> NextUnlabeled()
    {
        for (int i = 0; i < _unlabeledPerEpoch; i++, _unlabeledUsed++)
        {
            int index = (int)(_unlabeledUsed % _unlabeled.Length);
            if (index == 0)
                _random.Shuffle(_unlabeled);
            yield return new ImageView(_unlabeled[index], (int)(_unlabeledUsed / _unlabeled.Length % views));
        }
    }
}
