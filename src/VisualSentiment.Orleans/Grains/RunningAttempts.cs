using System.Collections.Concurrent;

namespace VisualSentiment.Cluster.Grains;

/// <summary>
/// Lets the attempts of a silo cancel the work of its workers. A token that is an argument of a call would reach an
/// arbitrary activation of the worker, often one that does not work on the call.
/// </summary>
internal sealed class RunningAttempts
{
    private readonly ConcurrentDictionary<long, CancellationToken> _tokens = new();
    private long _last;

    /// <returns>A number of the attempt.</returns>
    public long Add(CancellationToken ended)
    {
        long attempt = Interlocked.Increment(ref _last);
        _tokens[attempt] = ended;
        return attempt;
    }

    public void Remove(long attempt) => _tokens.TryRemove(attempt, out _);

    /// <summary>Returns the token of an attempt; a canceled one if the attempt has ended.</summary>
    public CancellationToken Find(long attempt) =>
        _tokens.TryGetValue(attempt, out CancellationToken ended) ? ended : new CancellationToken(canceled: true);
}
