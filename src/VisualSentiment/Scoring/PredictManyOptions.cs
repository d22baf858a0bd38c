namespace VisualSentiment;

/// <summary>How <see cref="ISentimentDetector"/> goes about many pictures.</summary>
public sealed class PredictManyOptions
{
    /// <summary>How many pictures are decoded and scored at the same time, each on one thread; at least 1.</summary>
    /// <value>Default: the number of processors.</value>
    public int MaxParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// How many pictures are taken from the source, at most, before their results are asked for; at least
    /// <see cref="MaxParallelism"/>. Memory grows with it, not with the number of pictures.
    /// </summary>
    /// <value>Default: null, four for each of <see cref="MaxParallelism"/>.</value>
    public int? LookAhead { get; init; }

    /// <summary>
    /// Whether streams stay open. Otherwise each is disposed as soon as it is read, also one that was taken from the source
    /// and then not needed any more.
    /// </summary>
    /// <value>Default: false.</value>
    public bool LeaveStreamsOpen { get; init; }

    internal int Capacity => LookAhead ?? 4 * MaxParallelism;

    /// <exception cref="ArgumentException">Options are out of range; the message lists all of them.</exception>
    internal void Validate(string parameter)
    {
        List<string> mistakes = [];
        if (MaxParallelism is < 1 or > 1024)
            mistakes.Add(FormattableString.Invariant($"{nameof(MaxParallelism)} is {MaxParallelism}; it must be from 1 to 1024"));
        if (LookAhead is < 1 or > 65536)
            mistakes.Add(FormattableString.Invariant($"{nameof(LookAhead)} is {LookAhead}; it must be from 1 to 65536"));
        else if (LookAhead < MaxParallelism && mistakes.Count == 0)
            mistakes.Add($"{nameof(LookAhead)} is {LookAhead} and {nameof(MaxParallelism)} {MaxParallelism}; "
                + "so few pictures cannot be worked on at once");
        if (mistakes.Count > 0)
            throw new ArgumentException(string.Join("; ", mistakes), parameter);
    }
}
