namespace VisualSentiment.Scoring;

/// <summary>
/// Whether pictures are computed on one core or on all. Other cores have to be woken for every layer of a network, which a small
/// one does not gain back; and where they are busy, it waits for them. How long the first pictures took on one core
/// tells which it is. Thread-safe.
/// </summary>
internal sealed class CoreChoice
{
    /// <summary>What takes less on one core stays there.</summary>
    public static readonly TimeSpan WorthSharing = TimeSpan.FromMilliseconds(1);

    /// <summary>Of so many pictures the shortest time counts: the first takes longer, and any may be interrupted.</summary>
    public const int Trials = 4;

    private readonly Lock _gate = new();
    private int _told;
    private TimeSpan _shortest = TimeSpan.MaxValue;

    /// <summary>Which it is for so many pictures; single ones are computed on one core until enough is known.</summary>
    public bool IsForAllCores(int count)
    {
        if (Environment.ProcessorCount == 1)
            return false;
        lock (_gate)
            return _told < Trials ? count > 1 : count * _shortest > WorthSharing;
    }

    /// <summary>Tells how long one picture took on one core.</summary>
    public void Tell(TimeSpan taken)
    {
        lock (_gate)
        {
            if (_told == Trials)
                return;
            _told++;
            if (taken < _shortest)
                _shortest = taken;
        }
    }
}
