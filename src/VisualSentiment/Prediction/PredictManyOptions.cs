namespace VisualSentiment;

/// <summary>How <see cref="ISentimentDetector"/> goes about many images.</summary>
public sealed record PredictManyOptions
{
    /// <summary>How many images are decoded and scored at the same time, each on one thread; at least 1.</summary>
    /// <value>Default: the number of processors.</value>
    public int MaxParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// How many images are taken from the source, at most, before their results are asked for; at least
    /// <see cref="MaxParallelism"/>. Memory grows with it, not with the number of images.
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
        List<string> errors = [];
        if (MaxParallelism is < 1 or > 1024)
            errors.Add(FormattableString.Invariant($"{nameof(MaxParallelism)} is {MaxParallelism}; it must be from 1 to 1024"));
        if (LookAhead is < 1 or > 65536)
            errors.Add(FormattableString.Invariant($"{nameof(LookAhead)} is {LookAhead}; it must be from 1 to 65536"));
        else if (LookAhead < MaxParallelism && errors.Count == 0)
            errors.Add($"{nameof(LookAhead)} is {LookAhead} and {nameof(MaxParallelism)} {MaxParallelism}; "
                + "so few images cannot be worked on at once");
        if (errors.Count > 0)
            throw new ArgumentException(string.Join("; ", errors), parameter);
    }
}
