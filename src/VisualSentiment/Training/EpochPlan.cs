using VisualSentiment.Quantization;
using VisualSentiment.Training.Gradients;

namespace VisualSentiment.Training;

/// <summary>
/// What is looked at in each epoch, and in which order: every training image once, in its next view, among them a share of
/// images without labels. The same seed gives the same plan, so that a run that goes on after a stop plays it again.
/// </summary>
/// <param name="images">The labeled images.</param>
/// <param name="unlabeled">The images without labels.</param>
/// <param name="unlabeledShare">The share of those in an epoch.</param>
/// <param name="views">How many views an image has.</param>
/// <param name="seed">Decides the order.</param>
internal sealed class EpochPlan(IReadOnlyList<int> images, IReadOnlyList<int> unlabeled, double unlabeledShare, int views, int seed)
{
    private readonly Random _random = new(seed);
    private readonly int[] _order = [.. images];
    private readonly int[] _unlabeled = [.. unlabeled];
    private readonly int _foreignOfEpoch = unlabeled.Count == 0 ? 0
        : (int)Math.Clamp(Math.Round(images.Count * unlabeledShare / (1 - unlabeledShare)), 1, int.MaxValue);
    private int _epoch;
    private long _foreignSeen;

    /// <summary>The views of the next epoch.</summary>
    public ImageView[] Next()
    {
        _random.Shuffle(_order);
        int view = _epoch++ % views;
        if (_foreignOfEpoch == 0)
            return [.. _order.Select(image => new ImageView(image, view))];
        ImageView[] all = [.. _order.Select(image => new ImageView(image, view)), .. NextForeign()];
        _random.Shuffle(all);
        return all;
    }

    // Once through all of them before any comes again, in another order and another view.
    private IEnumerable<ImageView> NextForeign()
    {
        for (int i = 0; i < _foreignOfEpoch; i++, _foreignSeen++)
        {
            int place = (int)(_foreignSeen % _unlabeled.Length);
            if (place == 0)
                _random.Shuffle(_unlabeled);
            yield return new ImageView(_unlabeled[place], (int)(_foreignSeen / _unlabeled.Length % views));
        }
    }
}
