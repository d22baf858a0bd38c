namespace VisualSentiment.Training;

/// <summary>
/// What is looked at in each epoch, and in which order: every training picture once, in its next view, among them a share of
/// pictures without labels. The same seed gives the same plan, so that a run that goes on after a stop plays it again.
/// </summary>
/// <param name="pictures">The labelled pictures.</param>
/// <param name="unlabeled">The pictures without labels.</param>
/// <param name="unlabeledShare">The share of those in an epoch.</param>
/// <param name="views">How many views a picture has.</param>
/// <param name="seed">Decides the order.</param>
internal sealed class EpochPlan(IReadOnlyList<int> pictures, IReadOnlyList<int> unlabeled, double unlabeledShare, int views, int seed)
{
    private readonly Random _random = new(seed);
    private readonly int[] _order = [.. pictures];
    private readonly int[] _foreign = [.. unlabeled];
    private readonly int _foreignOfEpoch = unlabeled.Count == 0 ? 0
        : (int)Math.Clamp(Math.Round(pictures.Count * unlabeledShare / (1 - unlabeledShare)), 1, int.MaxValue);
    private int _epoch;
    private long _foreignSeen;

    /// <summary>The views of the next epoch.</summary>
    public PictureView[] Next()
    {
        _random.Shuffle(_order);
        int view = _epoch++ % views;
        if (_foreignOfEpoch == 0)
            return [.. _order.Select(picture => new PictureView(picture, view))];
        PictureView[] all = [.. _order.Select(picture => new PictureView(picture, view)), .. NextForeign()];
        _random.Shuffle(all);
        return all;
    }

    // Once through all of them before any comes again, in another order and another view.
    private IEnumerable<PictureView> NextForeign()
    {
        for (int i = 0; i < _foreignOfEpoch; i++, _foreignSeen++)
        {
            int place = (int)(_foreignSeen % _foreign.Length);
            if (place == 0)
                _random.Shuffle(_foreign);
            yield return new PictureView(_foreign[place], (int)(_foreignSeen / _foreign.Length % views));
        }
    }
}
